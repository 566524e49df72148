"""One web page with a table of runs, their curves and their grids: no network, no script."""

import base64
from collections.abc import Mapping, Sequence
from html import escape

_NAMED = 3  # runs in the title; of more the number is said

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }}
body {{ margin: 2rem auto; max-width: 88rem; padding: 0 1.5rem; }}
body {{ font: 15px/1.45 system-ui, sans-serif; }}
h1 {{ font-size: 1.4rem; }}
h2 {{ font-size: 1.1rem; margin-top: 2.5rem; }}
h3 {{ font-size: 1rem; margin-bottom: 0.3rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 0.25rem 1.2rem 0.25rem 0; text-align: left; vertical-align: top; }}
th[scope] {{ position: sticky; left: 0; background: Canvas; white-space: nowrap; }}
tbody th[scope] {{ font-weight: normal; color: color-mix(in srgb, currentColor 75%, Canvas); }}
td {{ overflow-wrap: anywhere; min-width: 7rem; max-width: 28rem; }}
tr {{ border-bottom: 1px solid var(--line); }}
tr.heading th {{ padding-top: 1.2rem; }}
.charts {{ display: grid; }}
.charts {{ grid-template-columns: repeat(auto-fill, minmax(min(30rem, 100%), 1fr)); }}
.charts svg {{ max-width: 44rem; }}
.grids {{ display: flex; flex-wrap: wrap; }}
.charts, .grids {{ gap: 1.5rem; align-items: start; }}
figure {{ margin: 0; flex: 0 1 auto; max-width: 32rem; }}
figure img {{ display: block; max-width: 100%; height: auto; }}
figcaption {{ margin-bottom: 0.4rem; overflow-wrap: anywhere; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def comparison_page(
    names: Sequence[str],
    sections: Mapping[str, Sequence[tuple[str, Sequence[str]]]],
    notes: Sequence[str],
    charts: Sequence[str],
    grids: Mapping[str, Mapping[str, tuple[int, bytes]]],
) -> str:
    """Returns the page's text. All of it is escaped but the charts.

    Args:
        names: the runs'.
        sections: under each heading the table's rows, `(label, a cell for each run)`. The first
            heading is not shown: the names stand there.
        notes: what to say below the table.
        charts: `<svg>` elements.
        grids: by title and run the step and a PNG file's content.
    """
    runs = ", ".join(names) if len(names) <= _NAMED else f"{len(names)} runs"
    title = f"Comparison of {runs}"
    parts = [f"<h1>{escape(title)}</h1>", '<div class="wide"><table>', "<thead>"]
    parts += [_row("", names, "th"), "</thead>", "<tbody>"]
    for number, (heading, rows) in enumerate(sections.items()):
        if number:
            span = len(names) + 1
            parts.append(f'<tr class="heading"><th colspan="{span}">{escape(heading)}</th></tr>')
        parts += [_row(label, cells) for label, cells in rows]
    parts += ["</tbody>", "</table></div>", *(f"<p>{escape(note)}</p>" for note in notes)]
    parts += ["<h2>Curves</h2>", '<div class="charts">', *charts, "</div>"]
    if not charts:
        parts.append("<p>No run has logged a loss yet.</p>")
    parts.append("<h2>Last grids</h2>")
    if not grids:
        parts.append("<p>No run has a grid of samples yet.</p>")
    for grid, pictures in grids.items():
        parts += [f"<h3>{escape(grid)}</h3>", '<div class="grids">']
        for name, (step, content) in pictures.items():
            caption = escape(f"{name}, step {step:,}")
            source = f"data:image/png;base64,{base64.b64encode(content).decode()}"
            parts.append(
                f"<figure><figcaption>{caption}</figcaption>"
                f'<img src="{source}" alt="{escape(grid)} of {caption}"></figure>'
            )
        parts.append("</div>")
    return _PAGE.format(title=escape(title), body="\n".join(parts))


def _row(label, cells, tag="td"):
    cells = "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells)
    return f'<tr><th scope="row">{escape(label)}</th>{cells}</tr>'
