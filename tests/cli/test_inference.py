"""The commands that make images with a run, or with an export that takes its place."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ganzoo
from ganzoo.cli import main

pytestmark = pytest.mark.slow


def test_generate_writes_a_grid_or_single_images_of_the_same_seeds(
    command, trained, tmp_path, pixels
):
    assert command(f"generate {trained} -n 6 --seed 3 --output grid.png")[0] == 0
    assert command(f"generate {trained} -n 2 --seed 4 --output folder/")[0] == 0
    grid, single = pixels("grid.png")[::8, ::8], pixels("folder/000004.png")
    assert grid.shape == (2 * 10 + 2, 3 * 10 + 2)
    assert sorted(p.name for p in (tmp_path / "folder").iterdir()) == ["000004.png", "000005.png"]
    many, few = ganzoo.generate(trained, 70, seed=3), ganzoo.generate(trained, 2, seed=4)
    np.testing.assert_allclose(many[1:3], few, atol=1e-6)
    np.testing.assert_array_equal(single, grid[2:10, 12:20])


def test_generate_makes_the_asked_for_labels(command, untrained, pixels):
    untrained("cdcgan", image_size=8, latent_dim=4, filters=1)
    assert command("generate run -n 6 --labels 9,0-1 --output grid.png")[0] == 0
    assert pixels("grid.png").shape == (8 * (3 * 10 + 2), 8 * (2 * 10 + 2))
    code, _, error = command("generate run --labels 0-10 --output no.png")
    assert code == 2
    assert re.fullmatch(r"Error: Labels must be in 0 to num_classes - 1, 9\. Rec.*, 10\n", error)
    assert not Path("no.png").exists()


def test_walks_and_a_timelapse_of_a_run_are_written(command, trained, pixels):
    line = "interpolate run --seeds 3,17 --steps 2 --loop --fps 20 --output walk.gif"
    assert command(line) == (0, "Wrote walk.gif: 4 images\n", "")
    np.save("found.npy", np.ones((4, 4), np.float32) + np.eye(4))
    line = "interpolate run --latents found.npy --steps 1 --grid --path linear --output grid.png"
    assert command(line) == (0, "Wrote grid.png: 4 images\n", "")
    assert pixels("grid.png").shape == (8 * 22, 8 * 22)
    assert command("timelapse run --fps 4") == (0, "Wrote run/timelapse.gif\n", "")
    with Image.open("walk.gif") as walk, Image.open("run/timelapse.gif") as timelapse:
        assert (walk.n_frames, timelapse.n_frames) == (4, 2)


@pytest.mark.eager
@pytest.mark.parametrize(
    ("line", "direction"),
    [
        ("train pix2pix --image-size 8 --batch-size 2 --set receptive_field=16", "ab"),
        ("train cyclegan --image-size 24 --batch-size 2 --set blocks=1 --set pool_size=4", "ba"),
    ],
)
def test_an_image_to_image_run_makes_grids_and_translates(
    line, direction, command, tmp_path, pixels
):
    line += " --steps 2 --set filters=2 --set sample_count=4 --run-dir run"
    assert command(line)[0] == 0
    assert list((tmp_path / "run/samples").glob("*-00000002.png"))
    (tmp_path / "in").mkdir()
    Image.new("RGB", (13, 9), "red").save(tmp_path / "in/a b.png")
    code, output, _ = command(f"translate run in --direction {direction} --output out")
    assert (code, output) == (0, "Wrote 1 images to out\n")
    assert pixels(tmp_path / "out/a b.png").shape == (9, 13)  # grey, as the embedded images
    assert command("generate run --output grid.png")[0] == 2


def test_an_export_takes_the_place_of_its_run(command, trained, exported, tmp_path, pixels):
    ganzoo.generate("run", 1, seed=5, output="seeds/")
    np.save("some.npy", np.float32([0.1, -0.2, 0.3, -0.4]))
    for line in (
        "generate {} -n 4 --truncation 0.5 --output {}/grid.png",
        "interpolate {} --seeds 3,17 --output {}/strip.png",
        "arithmetic {} 2latents'some.npy' --output {}/sum.png",
        "project {} seeds/000005.png --steps 20 --output {}/found",
    ):
        said = [command(line.format(*source)) for source in ((exported, "a"), (trained, "b"))]
        assert [code for code, _, _ in said] == [0, 0], said
    for name in ("grid.png", "strip.png", "sum.png", "found/000005.png"):
        ours, theirs = (pixels(tmp_path / folder / name).astype(int) for folder in "ab")
        np.testing.assert_allclose(ours, theirs, atol=1)
    code, _, error = command("generate served/run --output grid.png")
    assert code == 1 and re.search("Not a run folder.*PATH/NAME/VERSION.*'served/run'", error)


def test_latents_are_added_given_directions_and_found_again(command, trained):
    np.save("scores.npy", np.arange(20) % 2)
    assert command("directions find run odd --scores scores.npy --threshold 0.5")[0] == 0
    image = ganzoo.generate("run", 1, seed=5, output="seeds/")
    code, output, _ = command("project run seeds/000005.png --steps 60 --output found")
    assert code == 0 and "seeds/000005.png: " in output
    summed = ["arithmetic", "run", "latents found/000005.npy + 0 direction odd"]
    main([*summed, "--output", "sum.png", "--save-latents", "sum.npy", "--neighbours", "4"])
    model = ganzoo.load_run("run")
    np.testing.assert_allclose(model.predict(np.load("sum.npy"), verbose=0), image, atol=0.05)


def test_bad_input_is_one_line_and_leaves_everything_as_it_was(refused, trained):
    refused(BAD)


BAD = {
    "translate run file --output out": (2, "Unknown picture format"),
    "translate run nothing.png --output out": (2, "No images there. Received: 'nothing.png'"),
    "translate run file --direction ac --output out": (2, "Choose from: ab, ba. Received: 'ac'"),
    "generate nowhere --output a.png": (1, "Not a run folder.*Received: 'nowhere'"),
    "generate run --output a.pgn": (2, "did you mean '.png'.*Received: '.pgn'"),
    "generate run -n 0 --output a.png": (2, "'-n' / '--count': 0 is not in the range x>=1"),
    "generate run --output a.png --seed -1": (2, "'--seed': -1 is not in the range x>=0"),
    f"generate run --output a.png --seed {2**63}": (2, r"Seeds must be in 0 to 2\^63 - 1"),
    "generate run --output a.png --labels 0": (2, "has no labels. Received: DCGAN"),
    "generate run --output a.png --attributes red=1": (2, "has no labels. Received: DCGAN"),
    "generate run --output a.png --attributes red": (2, "NAME=1,NAME=0. Received: 'red'"),
    "generate run --output a.png --labels 0 --attributes red=1": (2, "--labels and --attributes"),
    "generate run --output a.png --labels 2-1": (2, "0-9 or boot,bag. Received: '2-1'"),
    "generate run --output a.png --truncation 2": (2, "2.0 is not in the range 0<=x<=1"),
    "generate run --output a.png --checkpoint bets": (2, "did you mean 'best'"),
    "arithmetic run seed --output a.png": (2, "a whole number, at the end. Received: 'seed'"),
    "arithmetic run seedx --output a.png": (2, "Did you mean 'seed'.*Received: 'seedx'"),
    "arithmetic run 1direction(x --output a.png": (2, "direction name at character 11"),
    "project run nothing.png --output out": (1, "No such file.*Received: 'nothing.png'"),
    "project run nothing.png --output out --label 3": (2, "has no labels. Received: DCGAN"),
    "project run nothing.png --output out --restarts 257": (2, "restarts 1 to 256"),
    "interpolate nowhere --output a.png": (1, "Not a run folder.*Received: 'nowhere'"),
    "interpolate run --seeds 3,x --output a.png": (2, "or 0-8, in 0 to.*Received: '3,x'"),
    "interpolate run --seeds 3 --output a.png": (2, "at least two waypoints. Received: 1"),
    "interpolate run --seeds 1 --output a.png": (2, "at least two waypoints. Received: 1"),
    "interpolate run --seeds 3,4 --labels 0,1 --output a.png": (2, "no labels. Received: DCGAN"),
    "interpolate run --seeds 3,4 --path sperical --output a.png": (2, "did you mean 'spherical'"),
    "interpolate run --seeds 3,4 --fps 99 --output a.gif": (2, "99.0 is not in the range 1<=x<=50"),
    "interpolate run --latents file --output a.png": (1, "Latents cannot be read.*'file'"),
    "interpolate run --latents a.npy --seeds 1 --output a.png": (2, "seeds or latents"),
    "interpolate run --seeds 0-1 --output a.avi": (2, "Unknown format.*Received: '.avi'"),
    "interpolate run --seeds 0-1 --output file/a.gif": (1, "cannot be written"),
    "timelapse run --output a.png": (2, "Unknown format.*Received: '.png'"),
    "timelapse run --title sampels": (2, "did you mean 'samples'"),
    "timelapse nowhere": (1, "Not a run folder.*Received: 'nowhere'"),
}
