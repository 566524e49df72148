"""The page's routes: which request is answered by what, and errors as one line of JSON."""

import json
import logging
from importlib import resources

from werkzeug.exceptions import (
    BadRequest,
    ClientDisconnected,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestTimeout,
)
from werkzeug.wrappers import Request, Response

from ganzoo.errors import InputError, ResourceError
from ganzoo.inference.number_lists import parse_label, parse_seeds
from ganzoo.web import samples, translations
from ganzoo.web.guards import HEADERS, MOST_BYTES, Queue, check_request
from ganzoo.web.projections import projected
from ganzoo.web.samples import Picture
from ganzoo.web.shown import Shown

logger = logging.getLogger(__name__)

ASSETS = {
    "/": ("index.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/canvas.js": ("canvas.js", "text/javascript"),
}
LONGEST_EXPRESSION = 500


class Page:
    """The WSGI application.

    Args:
        shown: the runs that it shows, the first of which is asked for where none is named.
        hosts: the values of `Host` under which it is served.
        token: that addresses must carry; None: none.
    """

    def __init__(self, shown: list[Shown], hosts: set[str], token: str | None = None):
        self.shown = shown
        self.hosts = hosts
        self.token = token
        self.queue = Queue()
        folder = resources.files("ganzoo.web") / "assets"
        query = f"?token={token}" if token else ""
        self._assets = {
            path: (folder.joinpath(name).read_text("utf-8").replace("%QUERY%", query), kind)
            for path, (name, kind) in ASSETS.items()
        }
        self._uploads = {"/api/translate": self._translated, "/api/project": self._projected}
        self._pictures = {
            "/image.png": self._image,
            "/wall.png": self._wall,
            "/pad.png": self._pad,
            "/walk.gif": self._walk,
            "/sum.png": self._sum,
            "/nearest.png": self._nearest,
            "/example.png": self._example,
        }

    def __call__(self, environ, start_response):
        request = Request(environ)
        request.max_content_length = MOST_BYTES
        return self.answer(request)(environ, start_response)

    def answer(self, request: Request) -> Response:
        """Returns the answer to a request; whatever goes wrong is one line of JSON."""
        try:
            check_request(request, self.hosts, self.token)
            response = self._routed(request)
        except HTTPException as error:
            response = _error(error.code, error.description or error.name, error.get_headers())
        except (InputError, ResourceError) as error:
            response = _error(400, str(error))
        except Exception:
            logger.exception("%s %s", request.method, request.path)
            response = _error(500, "The server failed; its log says why")
        response.headers.update(HEADERS)
        return response

    def _routed(self, request):
        path, wanted = request.path, "POST" if request.path in self._uploads else "GET"
        known = {*self._assets, *self._pictures, *self._uploads, "/api/facts", "/api/palette"}
        if path not in known:
            raise NotFound(f"There is no such page. Received: {path[:100]!r}")
        if request.method not in (wanted, "HEAD"):
            raise MethodNotAllowed([wanted], f"{path} takes {wanted}. Received: {request.method}")
        if path in self._assets:
            content, kind = self._assets[path]
            return Response(content, mimetype=kind)
        body = _body(request) if request.method == "POST" else b""  # before it takes a turn
        with self.queue.turn():
            if path == "/api/facts":
                return _json({"runs": [each.facts() for each in self.shown]})
            shown = self._shown(request)
            if path == "/api/palette":
                return _json({"colours": translations.palette(_able(shown, "translates"))})
            if path in self._uploads:
                return _picture(self._uploads[path](request.args, body, shown))
            return _picture(self._pictures[path](request.args, shown))

    def _shown(self, request):
        number = _number(request.args, "run", 0)
        if not 0 <= number < len(self.shown):
            raise InputError(
                f"The runs of this page are 0 to {len(self.shown) - 1}. Received: {number}"
            )
        return self.shown[number]

    def _image(self, args, shown):
        _able(shown, "samples")
        seed, label, step = _number(args, "seed", 0), _label(args), _step(args)
        moves = {
            key.removeprefix("move."): _real(args, key, 0.0) for key in args if key[:5] == "move."
        }
        moves = {name: strength for name, strength in moves.items() if strength}
        if moves:
            return samples.moved(shown, seed, moves, label, step)
        return samples.image(shown, seed, label, _real(args, "truncation", 1.0), step)

    def _wall(self, args, shown):
        seeds, truncation = _seeds(args, "seeds"), _real(args, "truncation", 1.0)
        return samples.wall(_able(shown, "samples"), seeds, _label(args), truncation, _step(args))

    def _pad(self, args, shown):
        x, y = _real(args, "x", 0.5), _real(args, "y", 0.5)
        corners = _seeds(args, "seeds")
        return samples.pad(_able(shown, "samples"), corners, x, y, _label(args), _step(args))

    def _walk(self, args, shown):
        seeds, steps = _seeds(args, "seeds"), _number(args, "steps", 8)
        loop = args.get("loop") == "1"
        return samples.walk(_able(shown, "samples"), seeds, steps, loop, _label(args), _step(args))

    def _sum(self, args, shown):
        expression = args.get("expression", "")
        if len(expression) > LONGEST_EXPRESSION:
            raise InputError(
                f"An expression has at most {LONGEST_EXPRESSION} characters. "
                f"Received: {len(expression)}"
            )
        return samples.added(_able(shown, "samples"), expression, _label(args), _step(args))

    def _nearest(self, args, shown):
        seed, truncation = _number(args, "seed", 0), _real(args, "truncation", 1.0)
        return samples.nearest(_able(shown, "samples"), seed, _label(args), truncation, _step(args))

    def _example(self, args, shown):
        number, side = _number(args, "number", 0), args.get("side", "a")
        return translations.example(_able(shown, "translates"), number, side)

    def _projected(self, args, body, shown):
        return projected(_able(shown, "samples"), body, _label(args), _step(args))

    def _translated(self, args, body, shown):
        return translations.translated(
            _able(shown, "translates"), body, args.get("direction", "ab"),
            _number(args, "seed", 0), args.get("back") == "1", _step(args),
        )  # fmt: skip


def _body(request):
    try:
        content = request.get_data()
    except (OSError, ClientDisconnected) as error:
        raise RequestTimeout("The body did not come in time") from error
    if not content:
        raise BadRequest("A picture must be sent. Received: nothing")
    return content


def _able(shown, ability):
    if not getattr(shown.abilities, ability):
        raise InputError(
            f"This model does not {'sample' if ability == 'samples' else 'translate'}. "
            f"Received: {shown.source!r}"
        )
    return shown


def _number(args, name, default):
    text = args.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) <= 19):
        raise InputError(f"{name} must be a whole number, at least 0. Received: {text[:50]!r}")
    return int(text)


def _step(args):
    return _number(args, "step", 0) if "step" in args else None


def _real(args, name, default):
    text = args.get(name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -1e6 < value < 1e6:
        raise InputError(f"{name} must be a number. Received: {text[:50]!r}")
    return value


def _seeds(args, name):
    text = args.get(name, "")
    if len(text) > 20 * samples.MOST_SEEDS:
        raise InputError(f"There must be 1 to {samples.MOST_SEEDS} seeds. Received: more")
    return parse_seeds(text)


def _label(args):
    """Returns the label of a request: attributes as JSON, a class, or None."""
    if "attributes" in args:
        try:
            given = json.loads(args["attributes"])
            return {str(name): float(value) for name, value in given.items()}
        except (ValueError, AttributeError, TypeError, RecursionError):
            raise InputError(
                f'attributes must be JSON, such as {{"Smiling": 1}}. '
                f"Received: {args['attributes'][:50]!r}"
            ) from None
    return parse_label(args["label"][:100]) if "label" in args else None


def _picture(picture: Picture):
    response = Response(picture.content, mimetype=picture.kind)
    for name, text in (("Ganzoo-Command", picture.command), ("Ganzoo-Python", picture.python)):
        if text:
            response.headers[name] = json.dumps(text)  # in one line, of ASCII alone
    return response


def _json(value):
    return Response(json.dumps(value), mimetype="application/json")


def _error(status, message, headers=()):
    content = json.dumps({"error": " ".join(str(message).split())})
    response = Response(content, status, mimetype="application/json")
    for name, value in headers:
        if name.lower() in ("retry-after", "allow"):
            response.headers[name] = value
    return response
