"""Many clients at once: a server's throughput and latency.

    python docs/serving/load_test.py faces --clients 32 --seconds 20
    python docs/serving/load_test.py horses --picture photo.jpg --clients 8

Each client sends a request by REST, waits for the answer, and repeats, with another seed each time.
"""

import argparse
import base64
import http.client
import json
import threading
import time
import urllib.parse
from pathlib import Path


def client(options, number, body_of, stop, times, errors):
    """Sends requests until `stop` is set, over one connection that stays open."""
    address = urllib.parse.urlsplit(options.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    count = 0
    while not stop.is_set():
        body = body_of(number * 1_000_000 + count)
        count += 1
        start = time.perf_counter()
        try:
            connection.request("POST", f"/v1/models/{options.model}:predict", body)
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            errors.append(repr(error))
            connection.close()
            continue
        if response.status == 200:
            times.append(time.perf_counter() - start)
        else:
            errors.append(f"{response.status} {answer[:200].decode(errors='replace')}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--url", default="http://localhost:8501")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--batch", type=int, default=1, help="images per request")
    parser.add_argument("--label", type=int, help="a label for CGAN")
    parser.add_argument("--picture", help="a file for translate_bytes, instead of seeds")
    parser.add_argument("--with-seeds", action="store_true", help="send seeds too, for Pix2Pix")
    options = parser.parse_args()
    picture = options.picture and base64.b64encode(Path(options.picture).read_bytes()).decode()

    def body_of(seed):
        seeds = [seed * options.batch + place for place in range(options.batch)]
        if picture is None:
            signature, inputs = "generate_png", {"seeds": seeds}
        else:
            signature = "translate_bytes"
            inputs = {"image_bytes": [{"b64": picture}] * options.batch}
            if options.with_seeds:
                inputs["seeds"] = seeds
        if options.label is not None:
            inputs["labels"] = [options.label] * options.batch
        return json.dumps({"signature_name": signature, "inputs": inputs})

    stop, times, errors = threading.Event(), [], []
    threads = [
        threading.Thread(target=client, args=(options, number, body_of, stop, times, errors))
        for number in range(options.clients)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(options.seconds)
    stop.set()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - start

    print(f"{len(times)} answers, {len(errors)} errors in {elapsed:.1f} s")
    print(f"{len(times) * options.batch / elapsed:.1f} images/s")
    for share in (50, 95, 99) if times else ():
        place = min(len(times) - 1, len(times) * share // 100)
        print(f"{share} % within {1000 * sorted(times)[place]:.0f} ms")
    if errors:
        raise SystemExit(f"the first error: {errors[0]}")


if __name__ == "__main__":
    main()
