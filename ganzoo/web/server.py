"""`web`: the page of some runs, served on this machine."""

import contextlib
import logging
import os
import secrets
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

    timeout = SECONDS

    def log_request(self, code="-", size="-"):
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
    try:
        server = make_server(host, port, page, threaded=True, request_handler=Handler)
    except (OSError, SystemExit) as error:
        reason = getattr(error, "strerror", None) or "the port is taken"
        raise ResourceError(
            f"The page cannot be served there: {reason}. Received: {host}:{port}"
        ) from error
    names = {"localhost", LOOPBACK} if is_local else {host}
    page.hosts |= {f"{f'[{name}]' if ':' in name else name}:{server.port}" for name in names}
    if not is_local:
        logger.warning(
            "Whoever reaches %s:%s and has the token sees the page and can use this machine's time",
            host, server.port,
        )  # fmt: skip
    query = f"?token={token}" if token else ""
    place = f"[{host}]" if ":" in host else host
    try:
        yield server, f"http://{place}:{server.port}/{query}"
    finally:
        server.server_close()
