"""Requests images from a server by REST, with the standard library only.

python docs/serving/rest_client.py faces 7 8 9              # seeds -> faces-7.png, ...
python docs/serving/rest_client.py horses photo.jpg         # -> horses-photo.png
"""

import argparse
import base64
import json
import urllib.error
import urllib.request
from pathlib import Path


def predict(url, model, signature, inputs):
    """Returns the outputs of a signature; of a signature with one output, that one."""
    body = json.dumps({"signature_name": signature, "inputs": inputs}).encode()
    request = urllib.request.Request(f"{url}/v1/models/{model}:predict", body)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)["outputs"]
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{error.code}: {json.load(error)['error']}") from error


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("what", nargs="+", help="seeds, or files to translate")
    parser.add_argument("--url", default="http://localhost:8501")
    parser.add_argument("--labels", type=int, nargs="+", help="labels for CGAN, one for each seed")
    parser.add_argument("--seeds", type=int, nargs="+", help="seeds for Pix2Pix, one for each file")
    options = parser.parse_args()

    if all(word.isdigit() for word in options.what):
        inputs = {"seeds": [int(word) for word in options.what]}
        if options.labels:
            inputs["labels"] = options.labels
        signature = "generate_png"
    else:
        # Names that end in _bytes are base64 in both directions.
        files = [base64.b64encode(Path(word).read_bytes()).decode() for word in options.what]
        inputs = {"image_bytes": [{"b64": file} for file in files]}
        if options.seeds:
            inputs["seeds"] = options.seeds
        signature = "translate_bytes"
    for word, png in zip(
        options.what, predict(options.url, options.model, signature, inputs), strict=True
    ):
        path = Path(f"{options.model}-{Path(word).stem}.png")
        path.write_bytes(base64.b64decode(png["b64"]))
        print(path)


if __name__ == "__main__":
    main()
