"""`web`: the page of some runs, served on this machine."""

import contextlib
import io
import logging
import os
import secrets
import socket
import threading
from collections.abc import Iterator, Sequence

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from ganzoo.errors import InputError, ResourceError
from ganzoo.web.app import Page
from ganzoo.web.shown import Shown

logger = logging.getLogger(__name__)
LOOPBACK = "127.0.0.1"
SECONDS = 20  # that a request may take to arrive


class Handler(WSGIRequestHandler):
    """Answers requests without a line of log for each, and waits for none that does not come."""

    timeout = SECONDS  # of a connection that sends nothing

    def handle(self):
        # A body that comes byte by byte ends as well: what is read then is what there is.
        clock = threading.Timer(SECONDS, self._end_reading)
        clock.daemon = True
        clock.start()
        try:
            super().handle()
        finally:
            clock.cancel()

    def _end_reading(self):
        with contextlib.suppress(OSError):  # it has ended by itself
            self.connection.shutdown(socket.SHUT_RD)

    def log_request(self, code="-", size="-"):
        pass

    def log_error(self, *arguments):
        pass


@contextlib.contextmanager
def page_server(
    runs: Sequence[str | os.PathLike], port: int = 0, host: str = LOOPBACK
) -> Iterator[tuple[BaseWSGIServer, str]]:
    """Yields the server of a page, which does not serve yet, and its address.

    Args:
        runs: run folders, names of pretrained runs, or folders of exports; at least one.
        port: where to listen; 0 for any that is free.
        host: the address to listen at. Beyond this machine the page's address has a random token,
            without which nothing is answered.

    Raises:
        InputError: if there is no run, or a model makes no images.
        ResourceError: if something is no run, or it cannot be listened there.
    """
    if not runs:
        raise InputError("There must be a run to show. Received: none")
    shown = [Shown(run) for run in runs]
    is_local = host in (LOOPBACK, "localhost", "::1")
    token = None if is_local else secrets.token_urlsafe(16)
    page = Page(shown, set(), token)
    said = io.StringIO()  # werkzeug prints why, and exits
    try:
        with contextlib.redirect_stderr(said):
            server = make_server(host, port, page, threaded=True, request_handler=Handler)
    except (OSError, SystemExit) as error:
        reason = getattr(error, "strerror", None) or said.getvalue().partition("\n")[0]
        raise ResourceError(
            f"The page cannot be served there: {reason}. Received: {host}:{port}"
        ) from error
    page.hosts |= {f"{name}:{server.port}" for name in ("localhost", LOOPBACK, "[::1]")}
    if not is_local:
        logger.warning(
            "Whoever reaches %s:%s and has the token sees the page and can use this machine's time",
            host, server.port,
        )  # fmt: skip
    query = f"?token={token}" if token else ""
    place = socket.gethostname() if host in ("0.0.0.0", "::") else host
    place = f"[{place}]" if ":" in place else place
    try:
        yield server, f"http://{place}:{server.port}/{query}"
    finally:
        server.server_close()
