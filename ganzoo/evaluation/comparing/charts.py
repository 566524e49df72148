"""Curves as a picture in a web page: an SVG with axes, numbers and a legend, and no script."""

import html
import math
from collections.abc import Mapping, Sequence

# Each can be told from white and from black by a contrast of 3 to 1; the dashes tell rounds apart.
COLOURS = (
    "#3b7ddd", "#d9730d", "#16935a", "#e0475b", "#9a5cf0", "#0b87a6", "#d6369a", "#7d7d7d",
)  # fmt: skip
DASHES = ("", "7 3", "2 3")

WIDTH, HEIGHT = 640, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 66, 16, 30, 44  # what is around the curves, for numbers and title
_END, _BASE = WIDTH - _RIGHT, HEIGHT - _BOTTOM  # where the axes of x and of y end and begin
_LEGEND_LINE = 18
_STRETCHES = 300  # along x; more points than two in each would not be seen


def line_chart(
    title: str,
    curves: Mapping[str, Sequence[tuple[float, float]]],
    x_label: str = "step",
    dots: bool = False,
) -> str:
    """Returns curves over a common x axis that begins at 0, as the text of an `<svg>` element.

    Axes and text have the colour of the text around the picture. The n-th curve has the n-th
    colour, whatever the others hold.

    Args:
        title: stands above.
        curves: by name, the points `(x, y)` in the order of x. A y that is NaN or infinite is a
            gap; a curve without points is left out.
        x_label: what x is.
        dots: whether each point is marked.
    """
    drawn = {name: (number, list(p)) for number, (name, p) in enumerate(curves.items()) if p}
    points = [point for _, curve in drawn.values() for point in curve]
    ys = [y for _, y in points if math.isfinite(y)] or [0.0]
    x_end = max((x for x, _ in points), default=1) or 1
    # There is no half a step.
    x_ticks = [tick for tick in ticks(0, x_end) if tick.is_integer() and tick <= x_end]
    y_ticks = ticks(min(ys), max(ys))
    low, high = y_ticks[0], y_ticks[-1]

    def place(x, y):
        return (
            round(_LEFT + (_END - _LEFT) * x / x_end, 1),
            round(_BASE - (_BASE - _TOP) * (y - low) / (high - low), 1),
        )

    height = HEIGHT + _LEGEND_LINE * len(drawn)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="currentColor">',
        f"<title>{html.escape(title)}</title>",
        f'<text x="{_LEFT}" y="18" font-size="14" font-weight="600">{html.escape(title)}</text>',
    ]
    parts += _axes(x_ticks, y_ticks, x_label, place)
    for line, (name, (number, curve)) in enumerate(drawn.items()):
        parts += _curve(name, number, curve, line, dots, place)
    return "\n".join([*parts, "</svg>"])


def _axes(x_ticks, y_ticks, x_label, place):
    """Returns the elements of both axes; `place` gives a point's pixels."""
    parts = []
    for tick in y_ticks:
        y = place(0, tick)[1]
        parts.append(
            f'<path d="M{_LEFT} {y}H{_END}" stroke="currentColor" stroke-opacity="0.15"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{_number(tick)}</text>'
        )
    for tick in x_ticks:
        x = place(tick, y_ticks[0])[0]
        parts.append(
            f'<path d="M{x} {_BASE}v5" stroke="currentColor" stroke-opacity="0.5"/>'
            f'<text x="{x}" y="{_BASE + 18}" text-anchor="middle">{_number(tick)}</text>'
        )
    parts.append(
        f'<path d="M{_LEFT} {_BASE}H{_END}" stroke="currentColor" stroke-opacity="0.5"/>'
        f'<text x="{_END}" y="{_BASE + 34}" text-anchor="end">{html.escape(x_label)}</text>'
    )
    return parts


def _curve(name, number, curve, line, dots, place):
    """Returns the elements of the n-th curve, and of its line of the legend."""
    style = _style(number)
    pieces = [[place(*point) for point in piece] for piece in _pieces(_thinned(curve))]
    # A piece of one point is a line of no length, which its round cap makes a dot.
    path = "".join(
        "M" + "L".join(f"{x} {y}" for x, y in (piece if len(piece) > 1 else piece * 2))
        for piece in pieces
    )
    marks = [place(*p) for p in curve if math.isfinite(p[1])] if dots else []
    marks += pieces[-1][-1:] if pieces else []  # so that a short run is seen beside a long one
    y = HEIGHT + _LEGEND_LINE * line
    return [
        f"<g><title>{html.escape(name)}</title>",
        f'<path d="{path}" {style}/>',
        *(f'<circle cx="{x}" cy="{y}" r="3" fill="{_colour(number)}"/>' for x, y in marks),
        "</g>",
        f'<path d="M{_LEFT} {y}h28" {style}/>'
        f'<text x="{_LEFT + 36}" y="{y + 4}">{html.escape(name)}</text>',
    ]


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Returns about `count` round numbers, 1, 2 or 5 times a power of ten apart, from low to high.

    The first is not above `low`, and the last not below `high`.

    >>> ticks(0, 3750)
    [0.0, 1000.0, 2000.0, 3000.0, 4000.0]
    >>> ticks(0.61, 0.79)
    [0.6, 0.65, 0.7, 0.75, 0.8]
    >>> ticks(7, 7)  # a curve that is flat
    [6.4, 6.6, 6.8, 7.0, 7.2, 7.4, 7.6]
    """
    if not high - low > 1e-9 * max(abs(low), abs(high)):
        half = abs(low) / 14 or 0.5
        low, high = low - half, high + half
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = power * next(factor for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{n * step:.12g}") for n in range(first, last + 1)]


def _thinned(curve):
    """Of each stretch along x the lowest and the highest point, and the gaps: no spike is lost."""
    if len(curve) <= 2 * _STRETCHES:
        return curve
    width = (curve[-1][0] - curve[0][0]) / _STRETCHES or 1
    stretches = {}
    for point in curve:
        stretches.setdefault(int((point[0] - curve[0][0]) / width), []).append(point)
    kept = []
    for stretch in stretches.values():
        finite = [point for point in stretch if math.isfinite(point[1])]
        if finite:
            extremes = {min(finite, key=lambda p: p[1]), max(finite, key=lambda p: p[1])}
            kept += sorted(extremes)
        kept += [point for point in stretch if not math.isfinite(point[1])][:1]
    return sorted(kept, key=lambda point: point[0])


def _pieces(curve):
    """The curve's parts between gaps."""
    pieces = [[]]
    for point in curve:
        if math.isfinite(point[1]):
            pieces[-1].append(point)
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if piece]


def _colour(number):
    return COLOURS[number % len(COLOURS)]


def _style(number):
    dashes = DASHES[number // len(COLOURS) % len(DASHES)]
    return (
        f'fill="none" stroke="{_colour(number)}" stroke-width="1.6" stroke-linejoin="round" '
        f'stroke-linecap="round" stroke-dasharray="{dashes}"'
    )


def _number(value):
    """The number at a tick."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.6g}"
