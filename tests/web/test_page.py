"""The routes of the page: each answers what the command beside it writes."""

import io
import json

import numpy as np
import pytest
from PIL import Image

import ganzoo
from ganzoo.errors import InputError
from ganzoo.images.files import encoded, read_image, save_image
from ganzoo.images.grids import image_grid
from ganzoo.web import projections
from ganzoo.web.server import page_server

pytestmark = pytest.mark.slow

HERE = {"base_url": "http://127.0.0.1:8000"}


def pixels(response):
    assert response.status_code == 200, response.text
    return np.asarray(Image.open(io.BytesIO(response.data)))


def ask(client, path, **values):
    return client.get(path, query_string=values, **HERE)


def test_an_image_is_what_generate_writes_to_the_byte(client, web_run, tmp_path):
    run = web_run("cdcgan").folder
    for values, keywords in (
        ({"seed": 17, "label": "garment 3"}, {"labels": ["garment 3"]}),
        ({"seed": 2, "label": 8, "truncation": 0.5}, {"labels": [8], "truncation": 0.5}),
    ):
        ganzoo.generate(run, 1, seed=values["seed"], output=tmp_path / "x.png", **keywords)
        answer = ask(client("cdcgan"), "/image.png", **values)
        assert answer.data == (tmp_path / "x.png").read_bytes()
    assert json.loads(answer.headers["Ganzoo-Command"]) == (
        f"ganzoo generate {run} -n 1 --seed 2 --labels 8 --truncation 0.5 --output 2.png"
    )
    python = json.loads(answer.headers["Ganzoo-Python"])
    assert python == (
        f'ganzoo.generate({str(run)!r}, 1, seed=2, labels=[8], truncation=0.5, output="2.png")'
    )
    again = eval(python.replace('"2.png"', repr(str(tmp_path / "2.png"))), {"ganzoo": ganzoo})
    assert again.shape == (1, 28, 28, 1)
    assert (tmp_path / "2.png").read_bytes() == answer.data


def test_a_checkpoint_has_the_same_seed_at_its_step(client, web_run, tmp_path):
    newest, last, first = (
        ask(client("cdcgan"), "/image.png", seed=1, label=0, **step).data
        for step in ({}, {"step": 3}, {"step": 0})
    )
    assert newest == last != first
    run = web_run("cdcgan").folder
    ganzoo.generate(run, 1, seed=1, labels=[0], checkpoint=0, output=tmp_path / "x.png")
    assert first == (tmp_path / "x.png").read_bytes()
    refused = ask(client("cdcgan"), "/image.png", seed=1, label=0, step=7)
    assert refused.json == {"error": "The run has checkpoints of the steps 0, 3. Received: 7"}


def test_a_wall_is_its_images_and_the_squares_corners_are_its_seeds(client):
    row = pixels(ask(client("cdcgan"), "/wall.png", seeds="4,9,2,7", label=1))
    assert row.shape == (28, 4 * 28)
    for number, (x, y) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
        corner = pixels(ask(client("cdcgan"), "/pad.png", seeds="4,9,2,7", x=x, y=y, label=1))
        expected = row[:, 28 * number : 28 * number + 28].astype(int)
        assert np.abs(corner - expected).max() <= 1
    answer = ask(client("cdcgan"), "/pad.png", seeds="4,9,2,7", x=0.5, y=0.5, label=1)
    middle = pixels(answer)
    said = json.loads(answer.headers["Ganzoo-Command"])
    assert "--seeds 4,9,2,7 --grid --at 0.5,0.5 --labels 1 --output place.png" in said
    python = json.loads(answer.headers["Ganzoo-Python"]).replace(', output="place.png"', "")
    again = eval(python, {"ganzoo": ganzoo})
    np.testing.assert_array_equal(middle, image_grid(again, padding=0)[..., 0])
    answer = ask(client("cdcgan"), "/wall.png", seeds="4,5,6", label=1)
    python = json.loads(answer.headers["Ganzoo-Python"]).replace(', output="wall.png"', "")
    again = eval(python, {"ganzoo": ganzoo})
    np.testing.assert_array_equal(pixels(answer), image_grid(again, 3, padding=0)[..., 0])
    assert "Ganzoo-Command" not in ask(client("cdcgan"), "/wall.png", seeds="4,9").headers
    assert np.abs(middle - row[:, :28].astype(int)).max() > 1


def test_a_walk_is_interpolates_and_a_sum_is_arithmetics(client, web_run, tmp_path):
    run = web_run("cdcgan").folder
    ganzoo.interpolate(run, [0, 5], steps=3, loop=True, labels=[2], output=tmp_path / "w.gif")
    answer = ask(client("cdcgan"), "/walk.gif", seeds="0,5", steps=3, loop=1, label=2)
    assert answer.data == (tmp_path / "w.gif").read_bytes()
    assert answer.mimetype == "image/gif"
    ganzoo.arithmetic(run, "seed 1 - seed 2", labels=[2], output=tmp_path / "s.png")
    answer = ask(client("cdcgan"), "/sum.png", expression="seed 1 - seed 2", label=2)
    assert answer.data == (tmp_path / "s.png").read_bytes()


def test_a_slider_moves_along_a_saved_direction(client, web_run):
    run = web_run("cdcgan").folder
    ganzoo.find_direction(run, "shade", np.linspace(-1, 1, 8), labels=[0])
    assert ask(client("cdcgan"), "/api/facts").json["runs"][0]["directions"] == ["shade"]
    moved = ask(client("cdcgan"), "/image.png", seed=1, label=0, **{"move.shade": 2})
    expected = ganzoo.arithmetic(run, "seed 1 + 2 direction shade", labels=[0]).images
    assert moved.data == encoded(image_grid(expected, enlarge=True))
    still = ask(client("cdcgan"), "/image.png", seed=1, label=0, **{"move.shade": 0})
    assert still.data == ask(client("cdcgan"), "/image.png", seed=1, label=0).data


def test_the_nearest_training_images_stand_beside_the_image(client):
    found = pixels(ask(client("cdcgan"), "/nearest.png", seed=0, label=0))
    assert found.shape == (64, 364)  # of 2x2 times 28 pixels, six in a row


def test_a_picture_is_projected_to_the_image_nearest_to_it(client, web_run, tmp_path, monkeypatch):
    monkeypatch.setattr(projections, "STEPS", 20)
    run = web_run("cdcgan").folder
    images = ganzoo.generate(run, 1, seed=1000, labels=[4])
    save_image(tmp_path / "x.png", image_grid(images, padding=0))
    sent = (tmp_path / "x.png").read_bytes()
    answer = client("cdcgan").post("/api/project?label=4", data=sent, **HERE)
    found = ganzoo.project(run, tmp_path / "x.png", steps=20, restarts=2, label=4).images
    expected = image_grid(np.stack([read_as_float(tmp_path / "x.png"), found[0]]), enlarge=True)
    assert np.abs(pixels(answer).astype(int) - expected[..., 0]).max() <= 1
    assert " project " in json.loads(answer.headers["Ganzoo-Command"])
    assert "--label 4" in json.loads(answer.headers["Ganzoo-Command"])
    larger = io.BytesIO()
    Image.new("RGB", (50, 40), "grey").save(larger, "JPEG")
    fit = client("cdcgan").post("/api/project?label=4", data=larger.getvalue(), **HERE)
    assert pixels(fit).shape == expected.shape[:2]


def read_as_float(path):
    return read_image(path).astype(np.float32) / 127.5 - 1


@pytest.mark.parametrize("name", ["pix2pix", "cyclegan"])
def test_a_translation_is_what_translate_writes(name, client, web_run, tmp_path):
    image = pixels(ask(client(name), "/example.png", number=3))
    save_image(tmp_path / "in/input.png", image[..., None])
    sent = (tmp_path / "in/input.png").read_bytes()
    ganzoo.translate(web_run(name).folder, tmp_path / "in", tmp_path / "out", seed=5)
    answer = client(name).post("/api/translate?direction=ab&seed=5", data=sent, **HERE)
    expected = read_image(tmp_path / "out/input.png")
    np.testing.assert_array_equal(pixels(answer), expected[..., 0])
    assert json.loads(answer.headers["Ganzoo-Command"]).startswith("ganzoo translate ")
    back = client(name).post("/api/translate?direction=ab&back=1", data=sent, **HERE)
    if name == "pix2pix":
        assert "Unknown direction" in back.json["error"]
    else:
        assert pixels(back).shape == (24, 24)


def test_examples_are_of_the_held_out_split_and_the_palette_is_theirs(client):
    facts = ask(client("pix2pix"), "/api/facts").json["runs"][0]
    assert facts["paired"] and facts["translations"] == ["ab"] and not facts["samples"]
    edges, target = (
        pixels(ask(client("pix2pix"), "/example.png", number=0, side=side)) for side in "ab"
    )
    assert set(np.unique(edges)) == {0, 255} and len(np.unique(target)) > 20
    assert ask(client("pix2pix"), "/api/palette").json == {"colours": ["#000000", "#ffffff"]}
    again = pixels(ask(client("pix2pix"), "/example.png", number=64))
    np.testing.assert_array_equal(again, edges)


def test_the_page_says_what_a_run_is(client):
    facts = ask(client("cdcgan"), "/api/facts").json["runs"][0]
    assert facts["name"] == "cdcgan" and facts["model"] == "CDCGAN" and facts["dataset"] == "sample"
    assert facts["steps"] == [0, 3] and facts["step"] == 3 and facts["state"] == "finished"
    assert facts["class_names"][3] == "garment 3" and facts["truncates"]
    two = ask(client("cdcgan", "pix2pix"), "/api/facts").json["runs"]
    assert [run["model"] for run in two] == ["CDCGAN", "Pix2Pix"]


def test_an_export_has_a_page_too(exports, tmp_path):
    from werkzeug.test import Client

    from ganzoo.web.app import Page
    from ganzoo.web.shown import Shown

    _, path, _ = exports("cgan")
    client = Client(Page([Shown(path)], {"127.0.0.1:8000"}))
    ganzoo.generate(path, 1, seed=3, labels=[1], output=tmp_path / "x.png")
    assert ask(client, "/image.png", seed=3, label=1).data == (tmp_path / "x.png").read_bytes()
    assert "not an export's" in ask(client, "/nearest.png", seed=3, label=1).json["error"]


def test_a_page_needs_a_run_that_makes_images(web_run):
    with pytest.raises(InputError, match="There must be a run to show"), page_server([]):
        pass
