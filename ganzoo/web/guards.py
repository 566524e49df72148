"""What is asked of a request before anything is done for it, and what a page may do.

The server is for the person at this machine. A page of another site must not reach it through that
person's browser: so requests must name this host (against DNS rebinding) and must not come from
elsewhere, and no header allows other origins to read an answer.
"""

import contextlib
import hmac
import threading
from collections.abc import Iterator

from werkzeug.exceptions import Forbidden, HTTPException, LengthRequired, ServiceUnavailable
from werkzeug.wrappers import Request

MOST_BYTES = 20 * 2**20  # of a request's body
MOST_WAITING = 8
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def check_request(request: Request, hosts: set[str], token: str | None) -> None:
    """Raises an `HTTPException` for a request that is not this page's, or too large.

    Args:
        request: any request.
        hosts: the values of `Host` under which the page is served, such as `"127.0.0.1:8000"`. With
            a token it may be any: nobody else knows that.
        token: that the address must carry; None: none.
    """
    host = request.headers.get("Host", "")
    if token is None and host not in hosts:
        raise Forbidden(f"This page is at {min(hosts)}. Received: Host {host!r}")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{host}":
        raise Forbidden(f"Other sites may not use this page. Received: Origin {origin!r}")
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise Forbidden("Other sites may not use this page. Received: a request of another site")
    given = request.args.get("token", "")
    if token is not None and not hmac.compare_digest(given.encode(), token.encode()):
        raise Forbidden("The address needs the token that `ganzoo web` has printed")
    if request.method == "POST" and request.content_length is None:
        raise LengthRequired("A request with a body must say its length")
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge(
            f"At most {MOST_BYTES // 2**20} MB can be sent. Received: "
            f"{request.content_length / 2**20:.0f} MB"
        )


class TooLarge(HTTPException):
    """A body that is larger than what is taken."""

    code = 413


class Queue:
    """Lets one request at a time compute, and few wait."""

    def __init__(self, most_waiting: int = MOST_WAITING):
        self._room = threading.BoundedSemaphore(most_waiting + 1)
        self._turn = threading.Lock()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for its turn; raises `ServiceUnavailable` where too many wait already."""
        if not self._room.acquire(blocking=False):
            raise ServiceUnavailable("Too many requests wait already; ask again", retry_after=1)
        try:
            with self._turn:
                yield
        finally:
            self._room.release()
