"""Moving pictures: frames and times as they are read again, and errors before the work."""

import importlib.util

import numpy as np
import pytest
from PIL import Image

from ganzoo.errors import InputError, ResourceError
from ganzoo.images.animations import captioned, check_animation, save_animation

HAS_FFMPEG = importlib.util.find_spec("imageio_ffmpeg") is not None


def frames(height=8, width=10):
    return [np.full((height, width, 1), grey, np.uint8) for grey in (0, 120, 250)]


def test_a_gif_shows_its_frames_and_holds_the_last(tmp_path):
    save_animation(tmp_path / "new" / "grey.gif", frames(), fps=8, hold=1.5)
    with Image.open(tmp_path / "new" / "grey.gif") as picture:
        shown = []
        for number in range(picture.n_frames):
            picture.seek(number)
            grey = np.asarray(picture.convert("L"))
            shown.append((int(grey.min()), int(grey.max()), picture.info["duration"]))
    assert shown == [(0, 0, 120), (120, 120, 120), (250, 250, 1620)]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["grey.gif"]


@pytest.mark.skipif(not HAS_FFMPEG, reason="needs imageio-ffmpeg")
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # its pipes to ffmpeg
def test_an_mp4_shows_its_frames_at_even_sides(tmp_path):
    from imageio_ffmpeg import read_frames

    save_animation(tmp_path / "grey.mp4", frames(33, 31), fps=5, hold=1.0)
    film = read_frames(str(tmp_path / "grey.mp4"))
    about = next(film)
    shown = [np.frombuffer(frame, np.uint8).reshape(34, 32, 3)[2:-4, 2:-4] for frame in film]
    assert (about["size"], about["fps"]) == ((32, 34), 5)
    assert [round(float(frame.mean()), -1) for frame in shown] == [0, 120] + 6 * [250]


@pytest.mark.skipif(HAS_FFMPEG, reason="needs imageio-ffmpeg to be missing")
def test_without_its_package_an_mp4_raises_an_error_in_words(tmp_path):
    with pytest.raises(ResourceError, match=r"pip install 'keras-ganzoo\[video\]', or write a "):
        check_animation(tmp_path / "walk.mp4", 10)


@pytest.mark.parametrize(("name", "fps"), [("a.png", 10), ("a", 10), ("a.gif", 51), ("a.gif", 0)])
def test_another_format_or_rate_raises_an_error(name, fps):
    with pytest.raises(InputError, match="Received"):
        check_animation(name, fps)


def test_a_gif_that_cannot_be_written_is_a_resource_error_and_leaves_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResourceError, match="cannot be written"):
        save_animation(tmp_path / "file" / "walk.gif", frames())
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_caption_stands_above_the_image():
    image = np.full((9, 120, 3), 200, np.uint8)
    one, two = captioned(image, "step 1"), captioned(image[..., :1], "step 2")
    assert one.shape == two.shape == (29, 120, 3)
    np.testing.assert_array_equal(one[20:], image)
    np.testing.assert_array_equal(two[20:], image)
    assert (one[:20] != two[:20]).any() and one[:20].max() == 255
