"""Timelapses: which grids, in which order, with their steps; runs that have none."""

import numpy as np
import pytest
from PIL import Image

from ganzoo import timelapse
from ganzoo.errors import InputError, ResourceError
from ganzoo.images.animations import captioned
from ganzoo.images.files import save_image


@pytest.fixture
def run(tmp_path):
    """A folder as a run leaves it, its grids written in another order than that of their steps."""
    (tmp_path / "config.yaml").write_text("model: dcgan\n")
    (tmp_path / "samples").mkdir()
    for step in (1000, 0, 250):
        add(tmp_path, f"samples-{step:08d}", step // 10 + 50)
    return tmp_path


def add(run, name, grey, side=64):
    save_image(run / "samples" / f"{name}.png", np.full((side, side, 1), grey, np.uint8))


def test_grids_come_in_the_order_of_their_steps_which_stand_above(run):
    assert timelapse(run, fps=4) == run / "timelapse.gif"
    with Image.open(run / "timelapse.gif") as picture:
        durations = []
        for number, step in enumerate((0, 250, 1000)):
            picture.seek(number)
            shown = np.asarray(picture.convert("RGB"))
            grid = np.full((64, 64, 1), step // 10 + 50, np.uint8)
            np.testing.assert_allclose(shown, captioned(grid, f"step {step:,}"), atol=2)
            durations.append(picture.info["duration"])
        assert durations == [250, 250, 2250]


def test_of_several_titles_one_is_to_be_named(run):
    add(run, "a-b-a-00000007", 90)
    with pytest.raises(InputError, match=r"Say which title: a-b-a, samples\. Received: none"):
        timelapse(run)
    with pytest.raises(InputError, match="did you mean 'a-b-a'"):
        timelapse(run, title="a-b")
    timelapse(run, run / "cycle.gif", title="a-b-a")
    with Image.open(run / "cycle.gif") as picture:
        assert picture.n_frames == 1


def test_a_run_without_grids_or_with_a_damaged_one_is_named(run):
    (run / "samples" / "samples-00000300.png").write_bytes(b"")
    with pytest.raises(ResourceError, match=r"samples-00000300\.png"):
        timelapse(run)
    for path in (run / "samples").iterdir():
        path.unlink()
    with pytest.raises(ResourceError, match="no sample grids yet"):
        timelapse(run)


def test_grids_of_different_sizes_are_refused(run):
    add(run, "samples-00002000", 10, side=40)
    with pytest.raises(ResourceError, match="of different sizes"):
        timelapse(run)


def test_grids_that_were_not_enlarged_yet_are_enlarged_to_the_size_of_the_others(run):
    add(run, "samples-00002000", 10, side=32)
    timelapse(run)
    with Image.open(run / "timelapse.gif") as picture:
        assert picture.n_frames == 4
