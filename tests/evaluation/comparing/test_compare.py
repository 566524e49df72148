"""Runs side by side: two that were trained and measured here, differently."""

import base64
import io
import json
import re
import shutil
from html.parser import HTMLParser

import pytest
from PIL import Image

from ganzoo import compare, evaluate, train
from ganzoo.cli import main
from ganzoo.errors import InputError, ResourceError
from ganzoo.metrics.results import Result
from ganzoo.runs.folder import Run

SETTINGS = {
    "image_size": 8, "generator_units": 4, "maxout_units": 2, "batch_size": 200, "sample_count": 4,
    "log_every": 1, "checkpoint_every": 100, "evaluate_metrics": "parzen", "evaluate_images": 20,
}  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory, eagerly):
    folder = tmp_path_factory.mktemp("runs")
    with eagerly():
        train("gan", steps=6, run_dir=folder / "long", evaluate_every=3, **SETTINGS)
        train("gan", steps=2, run_dir=folder / "short", learning_rate=0.05, **SETTINGS)
    evaluate(folder / "short", ["parzen"], num_images=30)
    return folder


@pytest.fixture
def runs(trained, tmp_path):
    """The two run folders, to be changed at will."""
    shutil.copytree(trained, tmp_path / "runs")
    return [tmp_path / "runs/long", tmp_path / "runs/short"]


def row(text, label):
    """The cells of a printed row."""
    (line,) = [line for line in text.splitlines() if line.startswith(f"{label}  ")]
    return re.split(r"\s{2,}", line.removeprefix(label).strip())


def test_the_table_shows_what_became_of_the_runs_and_the_settings_that_differ(trained):
    comparison = compare([trained / "long", trained / "short"])
    text = str(comparison)
    assert text.split("\n", 1)[0].split() == ["long", "short"]
    assert row(text, "model") == ["gan", "gan"] and row(text, "dataset") == ["sample", "sample"]
    assert row(text, "state") == ["finished", "finished"] and row(text, "step") == ["6", "2"]
    logged = [(trained / name / "log.csv").read_text().split() for name in ("long", "short")]
    last = [float(lines[-1].split(",")[-1]) for lines in logged]
    assert row(text, "generator_loss") == [f"{value:.4g}" for value in last]
    assert comparison.settings == {
        "learning_rate": (0.1, 0.05), "steps": (6, 2), "evaluate_every": (3, None)
    }  # fmt: skip
    assert row(text, "learning_rate") == ["0.1", "0.05"] and row(text, "evaluate_every") == [
        "3",
        "-",
    ]


def test_figures_of_other_protocols_have_rows_of_their_own_and_a_note(trained):
    text = str(compare([trained / "long", trained / "short"]))
    recorded = {r["step"]: r["values"]["parzen_nats"] for r in Run(trained / "long").results()}
    assert row(text, "parzen_nats [1]") == [f"{recorded[6]:.4g} at 6", "-"]
    best = max(recorded, key=recorded.get)
    assert row(text, "parzen_nats [1], best") == [f"{recorded[best]:.4g} at {best}", "-"]
    assert row(text, "parzen_nats [2]")[0] == "-" and "parzen_nats [2], best" not in text
    sentences = " ".join(text.split())
    assert "parzen was measured by 2 protocols, whose figures cannot be compared" in sentences
    assert "samples 20 in [1], 30 in [2]" in sentences


def test_figures_of_one_protocol_stand_in_one_row(runs):
    for number, run in enumerate(runs):
        Run(run).record(6, [Result("fid", {"fid": 30.5 + number}, {"images": 9})])
    text = str(compare(runs))
    assert row(text, "fid") == ["30.5 at 6", "31.5 at 6"]
    assert "fid was measured" not in text and "fid, best" not in text


def test_the_same_metric_of_images_of_another_size_is_another_protocol(runs):
    for run in runs:
        Run(run).record(6, [Result("fid", {"fid": 30.5}, {"images": 9})])
    config = runs[0] / "config.yaml"
    config.write_text(config.read_text().replace("- 8\n- 8\n", "- 16\n- 16\n"))
    text = str(compare(runs))
    assert row(text, "fid [1]") == ["30.5 at 6", "-"] and row(text, "fid [2]") == ["-", "30.5 at 6"]
    assert "image_shape [16, 16, 1] in [1], [8, 8, 1] in [2]" in " ".join(text.split())


@pytest.mark.parametrize("metric, best", [("fid", 4), ("fid_ba", 4), ("inception_score_ab", 2)])
def test_best_is_the_lowest_or_the_highest_as_the_metric_has_it_and_never_nan(runs, metric, best):
    for step, value in {2: 9.0, 4: 7.0, 5: float("nan"), 6: 8.0}.items():
        Run(runs[0]).record(step, [Result(metric, {metric: value})])
    found = next(m for m in compare(runs[:1]).metrics if m.metric == metric)
    assert found.best_step(0) == best


def test_why_a_run_failed_is_said_whole(runs):
    reason = "DivergenceError: generator_loss is nan, " + "and what usually helps is this " * 9
    (runs[1] / "status.json").write_text(
        json.dumps({"state": "failed", "step": 2, "reason": reason})
    )
    text = str(compare(runs))
    assert row(text, "state") == ["finished", "failed"]
    assert f"short failed: {reason.strip()}" in " ".join(text.split())


def test_one_run_alone_and_runs_that_are_alike(runs):
    assert "differ" not in str(compare(runs[0]))
    shutil.copytree(runs[0], runs[0].with_name("copy"))
    assert "No other setting differs." in str(compare([runs[0], runs[0].with_name("copy")]))


def test_a_run_without_log_metrics_or_grids(runs, tmp_path):
    for name in ("log.csv", "metrics.json", "health.json"):
        (runs[1] / name).unlink()
    shutil.rmtree(runs[1] / "samples")
    text = str(compare(runs, tmp_path / "page.html"))
    assert row(text, "discriminator_loss")[1] == "-"
    text = str(compare(runs[1], tmp_path / "page.html"))
    assert "No metrics are recorded" in text
    page = (tmp_path / "page.html").read_text()
    assert "No run has logged a loss yet." in page and "No run has a grid of samples yet." in page


def test_runs_in_folders_of_the_same_name_are_named_by_their_paths(runs):
    other = runs[0].with_name("elsewhere") / "long"
    shutil.copytree(runs[0], other)
    assert compare([runs[0], other]).names == (str(runs[0]), str(other))


class Page(HTMLParser):
    """What a browser would see: elements, pictures and text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.pictures, self.text, self.addresses = [], [], "", []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        attributes = dict(attributes)
        self.addresses += [attributes[name] for name in ("src", "href") if name in attributes]
        if tag == "img":
            content = base64.b64decode(attributes["src"].removeprefix("data:image/png;base64,"))
            self.pictures.append((attributes["alt"], content))

    def handle_data(self, data):
        self.text += data


def test_the_page_has_the_table_the_curves_and_the_last_grids_and_needs_nothing_else(
    trained, tmp_path
):
    comparison = compare([trained / "long", trained / "short"], tmp_path / "new/page.html")
    text = (tmp_path / "new/page.html").read_text()
    page = Page(text)
    cells = [
        cell for rows in comparison.sections().values() for r in rows for cell in (r[0], *r[1])
    ]
    assert cells and all(cell in page.text for cell in cells)
    titles = re.findall(r'font-weight="600">(.*?)</text>', text)
    # Of the second protocol there is one step, and no curve.
    figures = ("parzen_nats", "parzen_standard_error", "parzen: sigma")
    assert titles == ["discriminator_loss", "generator_loss", *(f"{f} [1]" for f in figures)]
    assert page.pictures == [
        (f"samples of {name}, step {step}", (trained / name / grid).read_bytes())
        for name, step, grid in (
            ("long", 6, "samples/samples-00000006.png"),
            ("short", 2, "samples/samples-00000002.png"),
        )
    ]
    with Image.open(io.BytesIO(page.pictures[0][1])) as grid:
        assert grid.size == (176, 176)  # two by two of 8 pixels, with 2 around each, times 8
    assert not {"script", "link", "iframe"} & set(page.tags)
    assert all(address.startswith("data:") for address in page.addresses)
    assert "color-scheme: light dark" in text
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["page.html"]


def test_nothing_that_a_run_holds_breaks_out_of_the_page(runs, tmp_path):
    evil = '<script>alert("1")</script>'
    run = runs[0].rename(runs[0].with_name(evil.replace("/", "")))
    status = run / "status.json"
    status.write_text(json.dumps({"state": "failed", "step": 6, "reason": evil}))
    grid = run / "samples/samples-00000006.png"
    grid.rename(grid.with_name('"><script>-00000006.png'))
    Run(run).record(6, [Result(evil, {evil: 1.0}, {"x": evil}), Result(evil, {evil: 1.0})])
    Run(run).record(5, [Result(evil, {evil: 1.0}, {"x": evil})])
    compare([run, runs[1]], tmp_path / "page.html")
    page = Page((tmp_path / "page.html").read_text())
    assert "script" not in page.tags and page.text.count(evil) >= 5


def test_a_loss_that_was_not_a_number_is_a_gap_in_its_curve(runs, tmp_path):
    log = runs[0] / "log.csv"
    lines = log.read_text().splitlines()
    lines[3] = "3,0,nan,nan"
    log.write_text("\n".join(lines) + "\n")
    compare(runs[0], tmp_path / "page.html")
    (curve, _) = re.findall(r"<title>long</title>\n<path d=\"(.*?)\"", _losses(tmp_path))
    assert [piece.count("L") + 1 for piece in curve.split("M")[1:]] == [2, 3]


def _losses(folder):
    return (folder / "page.html").read_text().split("parzen_nats</title>")[0]


def test_bad_input_is_refused(runs, tmp_path):
    with pytest.raises(InputError, match=r"must be an \.html file\. Received: 'x\.png'"):
        compare(runs, "x.png")
    with pytest.raises(InputError, match=r"must be a run to compare\. Received: \[\]"):
        compare([])
    with pytest.raises(InputError, match="A run is given twice"):
        compare([runs[0], runs[1], runs[0].parent / "short/../long"])
    with pytest.raises(ResourceError, match=r"Not a run folder.*Received: '.*runs'"):
        compare([runs[0], runs[0].parent])
    (tmp_path / "file").touch()
    with pytest.raises(
        ResourceError, match=r"The file cannot be written: .*Received: '.*page\.html"
    ):
        compare(runs, tmp_path / "file/page.html")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(ResourceError, match="The file cannot be written: "):
        compare(runs, tmp_path / "folder.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.html", "runs"]


@pytest.mark.parametrize(
    "name, content",
    [
        ("config.yaml", "model: [gan"),
        ("config.yaml", "learning_rate: 1"),
        ("log.csv", "step,epoch,generator_loss\n1,0,x\n2,0,1.0\n"),
        ("log.csv", "step,epoch,generator_loss\n1,0\n2,0,1.0\n"),
        ("metrics.json", "["),
        ("metrics.json", '[{"step": 1, "metric": "fid", "values": {"fid": 1}}]'),
        ("metrics.json", '[{"step": 1, "metric": "fid", "values": {"fid": "x"}, "protocol": {}}]'),
        ("status.json", "{"),
        ("health.json", "[]"),
        ("samples/samples-00000006.png", "no picture"),
    ],
)
def test_a_damaged_file_is_named_with_its_run(runs, tmp_path, name, content):
    (runs[0] / name).write_text(content)
    with pytest.raises(ResourceError, match=r"Received: '\S*runs/long\S*'$") as caught:
        compare(runs, tmp_path / "page.html")
    assert "\n" not in str(caught.value) and not (tmp_path / "page.html").exists()


def test_the_command_prints_the_table_and_writes_the_page(trained, tmp_path, capsys):
    arguments = [str(trained / "long"), str(trained / "short")]
    page = tmp_path / "page.html"
    main(["compare", *arguments, "--output", str(page)])
    assert capsys.readouterr().out == f"{compare(arguments)}\nWrote {page}\n"
    for wrong, code in (([*arguments, arguments[0]], 2), ([str(tmp_path)], 1), ([], 2)):
        with pytest.raises(SystemExit) as end:
            main(["compare", *wrong])
        output, error = capsys.readouterr()
        assert (end.value.code, output, error.count("\n")) == (code, "", 1)
