"""The page over real sockets: many at once, bodies that do not come, and training beside it."""

import collections
import concurrent.futures
import contextlib
import http.client
import resource
import socket
import threading
import time

import pytest

from ganzoo.web import server as serving

pytestmark = pytest.mark.slow


@pytest.fixture
def port(web_run, monkeypatch):
    monkeypatch.setattr(serving.Handler, "timeout", 2.0)
    monkeypatch.setattr(serving, "SECONDS", 2.0)
    with serving.page_server([web_run("cdcgan").folder]) as (server, _):
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.port
        server.shutdown()
        thread.join()


def status_of(port, path="/image.png?seed=1&label=1"):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as client:
        client.request("GET", path)
        answer = client.getresponse()
        answer.read()
        return answer.status


def head_of(port):
    lines = "POST /api/translate HTTP/1.1", f"Host: 127.0.0.1:{port}", "Content-Length: 99"
    return "\r\n".join([*lines, "", ""]).encode()


def test_of_two_hundred_at_once_each_is_answered_or_told_to_ask_again(port):
    assert status_of(port) == 200
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        found = collections.Counter(pool.map(lambda _: status_of(port), range(200)))
    assert found[200] >= 9 and found[200] + found[503] == 200
    assert status_of(port) == 200
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


def test_a_body_that_does_not_come_is_not_waited_for(port):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
        head = (
            f"POST /api/translate HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 99\r\n\r\n"
        )
        slow.sendall(head.encode() + b"abc")
        assert status_of(port) == 200  # in the meantime
        answer = slow.recv(4096)
        assert b" 408 " in answer.splitlines()[0]
    assert status_of(port) == 200


def test_a_body_that_comes_byte_by_byte_is_not_waited_for_either(port):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
        head = (
            f"POST /api/translate HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 99\r\n\r\n"
        )
        slow.sendall(head.encode())
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(30):
                slow.sendall(b"x")
                time.sleep(0.1)
        assert b" 408 " in slow.recv(4096).splitlines()[0]


def test_what_is_no_request_ends_its_connection_alone(port):
    for nonsense in (
        b"\x00\xff" * 100 + b"\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            client.sendall(nonsense)
            answer = client.recv(4096)
            assert b"Traceback" not in answer
    assert status_of(port) == 200
