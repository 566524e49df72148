"""What is refused: other hosts and sites, and whatever is too large, too much or nonsense."""

import io
import threading
import zlib

import pytest
from PIL import Image
from werkzeug.test import Client

from ganzoo.web.app import Page
from ganzoo.web.guards import Queue
from ganzoo.web.server import page_server

HERE = {"base_url": "http://127.0.0.1:8000"}


def refused(response, status, *parts):
    assert response.status_code == status
    assert list(response.json) == ["error"]
    message = response.json["error"]
    assert "\n" not in message and "Traceback" not in message
    for part in parts:
        assert part in message
    return response


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        ({"Host": "evil.example:8000"}, "Host 'evil.example:8000'"),
        ({"Host": "127.0.0.1:8001"}, "Host '127.0.0.1:8001'"),
        ({"Origin": "http://evil.example"}, "Origin 'http://evil.example'"),
        ({"Origin": "null"}, "Origin 'null'"),
        ({"Origin": "http://127.0.0.1:8001"}, "Origin"),
        ({"Sec-Fetch-Site": "cross-site"}, "another site"),
        ({"Sec-Fetch-Site": "same-site"}, "another site"),
    ],
)
def test_requests_for_another_host_or_of_another_site_are_refused(headers, part, client):
    for path in ("/", "/api/facts", "/image.png?seed=1"):
        refused(client("cdcgan").get(path, headers=headers, **HERE), 403, part)
    sent = client("pix2pix").post("/api/translate", data=b"x", headers=headers, **HERE)
    refused(sent, 403, part)


def test_the_page_itself_is_answered_and_no_answer_can_be_read_elsewhere(client):
    own = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
    for path in ("/", "/page.js", "/page.css", "/canvas.js", "/api/facts", "/nothing"):
        answer = client("cdcgan").get(path, headers=own, **HERE)
        assert answer.status_code == (404 if path == "/nothing" else 200)
        names = {name.lower() for name, _ in answer.headers}
        assert not any(name.startswith("access-control") or "cookie" in name for name in names)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path", ["/../setup.py", "/%2e%2e/setup.py", "/assets/page.js", "/page.js/..", "//etc/passwd",
             "/config.yaml", "/api", "/api/", "/image.png/", "/\x00"],
)  # fmt: skip
def test_only_the_routes_are_there(path, client):
    refused(client("cdcgan").get(path, **HERE), 404, "There is no such page")


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/image.png?seed=-1", "seed must be a whole number"),
        ("/image.png?seed=1e3", "seed must be a whole number"),
        ("/image.png?seed=" + "9" * 19, "Seeds must be in 0 to 2^63 - 1"),
        ("/image.png?seed=" + "9" * 400, "seed must be a whole number"),
        ("/image.png?seed=%D9%A3", "seed must be a whole number"),
        ("/image.png?seed=1&label=11", "Labels must be in 0 to num_classes - 1"),
        ("/image.png?seed=1&label=boat", "Unknown class"),
        ("/image.png?seed=1&label=1,2", "The label must be one class"),
        ("/image.png?seed=1&truncation=2", "The truncation must be in 0 to 1"),
        ("/image.png?seed=1&truncation=nan", "truncation must be a number"),
        ("/image.png?seed=1&attributes={", "attributes must be JSON"),
        ("/image.png?seed=1&attributes=[1]", "attributes must be JSON"),
        ("/image.png?seed=1&attributes={%22Smiling%22:1}", "no attributes"),
        ("/image.png?seed=1&move.none=1", "Unknown direction"),
        ("/image.png?seed=1&move...%2fx=1", "Unknown direction"),
        ("/image.png?seed=1&run=1", "The runs of this page are 0 to 0"),
        ("/image.png?seed=1&run=x", "run must be a whole number"),
        ("/wall.png", "Seeds"),
        ("/wall.png?seeds=0-64", "1 to 64 seeds. Received: 65"),
        ("/wall.png?seeds=0-99999", "1 to 64 seeds. Received: 100000"),
        ("/wall.png?seeds=0-9999999999", "Received: '0-9999999999'"),
        ("/wall.png?seeds=1;2", "Seeds"),
        ("/pad.png?seeds=1,2,3", "between four seeds"),
        ("/pad.png?seeds=1,2,3,4&x=2", "between four seeds"),
        ("/pad.png?seeds=1,2,3,4&x=inf", "x must be a number"),
        ("/walk.gif?seeds=1", "2 to 64 seeds"),
        ("/walk.gif?seeds=1,2&steps=65", "1 to 64 steps"),
        ("/walk.gif?seeds=1,2&steps=0", "1 to 64 steps"),
        ("/sum.png", "at the end"),
        ("/sum.png?expression=mean(seeds 0-99)", "at most 64 seeds. Received: 100"),
        ("/sum.png?expression=seed", "Received"),
        ("/sum.png?expression=latents /etc/passwd", "names no file"),
        ("/sum.png?expression=mean(seed 1 - (seed 2 %2B latents x.npy))", "names no file"),
        ("/sum.png?expression=" + "(" * 501, "at most 500 characters"),
        ("/sum.png?expression=" + "(" * 400, "at most 50 brackets"),
        ("/example.png", "does not translate"),
        ("/api/palette", "does not translate"),
    ],
)
def test_nonsense_is_one_line(path, part, client):
    refused(client("cdcgan").get(path, **HERE), 400, part)


@pytest.mark.parametrize(
    ("path", "body", "status", "part"),
    [
        ("/api/translate", b"", 411, "must say its length"),
        ("/api/translate", b"no picture", 400, "must be PNG, JPEG or WEBP"),
        ("/api/translate", b"GIF89a" + bytes(100), 400, "must be PNG, JPEG or WEBP"),
        ("/api/translate", b"\x89PNG\r\n\x1a\n" + bytes(40), 400, "picture"),
        ("/api/translate?direction=ba", b"x", 400, "Unknown direction"),
        ("/api/translate?direction=../x", b"x", 400, "Unknown direction"),
        ("/api/translate?seed=-1", b"x", 400, "seed must be a whole number"),
        ("/image.png?seed=1", b"x", 405, "takes GET"),
        ("/", b"x", 405, "takes GET"),
    ],
)
def test_bodies_that_are_no_picture_are_one_line(path, body, status, part, client):
    refused(client("pix2pix").post(path, data=body, **HERE), status, part)


def test_other_methods_are_refused(client):
    for method in ("put", "delete", "patch", "options"):
        refused(getattr(client("cdcgan"), method)("/image.png", **HERE), 405, "takes GET")
    refused(client("pix2pix").get("/api/translate", **HERE), 405, "takes POST")


def png_of(width, height):
    """A small file that states many pixels: one row of zeros, again and again."""

    def chunk(kind, content):
        body = kind + content
        return len(content).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    data = zlib.compress(bytes((width + 1) * 4))
    parts = chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_pictures_of_too_many_pixels_are_not_decoded(client):
    for width, height in ((10_000, 10_000), (100_000, 1000), (4001, 4000)):
        answer = client("pix2pix").post("/api/translate", data=png_of(width, height), **HERE)
        refused(answer, 400, "at most 16 megapixels")


def test_a_cut_off_picture_is_refused(client):
    content = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(content, "PNG")
    sent = content.getvalue()[:900]
    refused(client("pix2pix").post("/api/translate", data=sent, **HERE), 400, "Not a complete")


def test_bodies_that_are_too_large_or_of_unknown_length_are_not_read(client):
    class Unread(io.BytesIO):
        def read(self, *arguments):
            raise AssertionError("the body was read")

    large = {"input_stream": Unread(), "environ_overrides": {"CONTENT_LENGTH": str(30 * 2**20)}}
    refused(client("pix2pix").post("/api/translate", **large, **HERE), 413, "At most 20 MB")
    unknown = {"input_stream": Unread(), "headers": {"Transfer-Encoding": "chunked"}}
    refused(client("pix2pix").post("/api/translate", **unknown, **HERE), 411, "its length")


def test_one_computes_at_a_time_and_who_finds_a_full_queue_is_told_so(page):
    served = Page(page("cdcgan").shown, {"127.0.0.1:8000"})
    served.queue = Queue(most_waiting=1)
    answers = []
    with served.queue.turn():
        waiting = threading.Thread(
            target=lambda: answers.append(Client(served).get("/image.png?label=1", **HERE))
        )
        waiting.start()
        while served.queue._room._value:  # until it waits
            pass
        answer = refused(Client(served).get("/image.png?label=1", **HERE), 503, "wait already")
        assert answer.headers["Retry-After"] == "1"
    waiting.join()
    assert answers[0].status_code == 200
    assert Client(served).get("/image.png?label=1", **HERE).status_code == 200


def test_a_failure_of_the_server_is_one_line_and_in_its_log(page, caplog, monkeypatch):
    served = Page(page("cdcgan").shown, {"127.0.0.1:8000"})
    monkeypatch.setitem(served._pictures, "/image.png", lambda args, shown: 1 / 0)
    refused(Client(served).get("/image.png", **HERE), 500, "The server failed; its log says why")
    assert "ZeroDivisionError" in caplog.text
    assert Client(served).get("/api/facts", **HERE).status_code == 200


def test_beyond_this_machine_the_address_needs_its_token(page):
    served = Page(page("cdcgan").shown, {"127.0.0.1:8000"}, token="secret")
    client = Client(served)
    for path in ("/", "/page.js", "/api/facts", "/?token=", "/?token=secreT"):
        refused(client.get(path, **HERE), 403, "needs the token")
    text = client.get("/?token=secret", **HERE).text
    assert 'src="/page.js?token=secret"' in text
    assert client.get("/page.js?token=secret", **HERE).status_code == 200
    elsewhere = {"base_url": "http://studio.local:8000"}
    assert client.get("/?token=secret", **elsewhere).status_code == 200
    foreign = {"Origin": "http://evil.example"}
    refused(client.get("/?token=secret", headers=foreign, **elsewhere), 403, "Origin")


def test_the_server_listens_on_the_loopback_address_alone(web_run, caplog):
    run = web_run("cdcgan").folder
    with page_server([run]) as (server, address):
        assert server.host == "127.0.0.1" and address == f"http://127.0.0.1:{server.port}/"
        assert server.app.token is None
        assert server.app.hosts == {
            f"127.0.0.1:{server.port}", f"localhost:{server.port}", f"[::1]:{server.port}",
        }  # fmt: skip
    with page_server([run], host="0.0.0.0") as (server, address):
        assert server.app.token and address.endswith(f"/?token={server.app.token}")
        assert "Whoever reaches 0.0.0.0" in caplog.text
