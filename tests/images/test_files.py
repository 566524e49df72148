"""Pictures that are saved: their formats, and files that are complete or not there."""

import numpy as np
import pytest
from PIL import Image

from ganzoo.errors import InputError, ResourceError
from ganzoo.images.files import format_of, save_image


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_saved_image_is_the_image_and_nothing_else_is_left(tmp_path, channels):
    image = np.random.default_rng(0).integers(0, 256, (4, 5, channels), np.uint8)
    save_image(tmp_path / "image.png", image)
    saved = pixels(tmp_path / "image.png")
    np.testing.assert_array_equal(saved, image if channels == 3 else image[..., 0])
    assert [path.name for path in tmp_path.iterdir()] == ["image.png"]


@pytest.mark.parametrize(
    ("name", "format"), [("a.png", "PNG"), ("a.PNG", "PNG"), ("a.jpg", "JPEG"), ("a.bmp", "BMP")]
)
def test_the_suffix_says_the_format(tmp_path, name, format):
    save_image(tmp_path / name, np.zeros((4, 4, 3), np.uint8))
    with Image.open(tmp_path / name) as image:
        assert image.format == format


def test_a_path_may_be_text(tmp_path):
    save_image(f"{tmp_path}/image.png", np.zeros((4, 4, 1), np.uint8))
    assert pixels(tmp_path / "image.png").shape == (4, 4)


def test_an_image_is_replaced_by_the_next_one(tmp_path):
    for grey in (1, 2):
        save_image(tmp_path / "image.png", np.full((4, 4, 1), grey, np.uint8))
    assert (pixels(tmp_path / "image.png") == 2).all()


def test_a_save_that_fails_leaves_the_old_image_and_no_part_of_the_new(tmp_path):
    save_image(tmp_path / "image.jpg", np.full((4, 4, 1), 7, np.uint8))
    with pytest.raises(OSError, match="cannot write mode RGBA as JPEG"):
        save_image(tmp_path / "image.jpg", np.zeros((4, 4, 4), np.uint8))
    assert (pixels(tmp_path / "image.jpg") == 7).all()
    assert [path.name for path in tmp_path.iterdir()] == ["image.jpg"]


def test_folders_on_the_way_to_an_image_are_made_unless_a_file_is_in_the_way(tmp_path):
    save_image(tmp_path / "new" / "image.png", np.full((4, 4, 1), 7, np.uint8))
    assert (pixels(tmp_path / "new" / "image.png") == 7).all()
    with pytest.raises(
        ResourceError, match=r"The file cannot be written: .*'.*new/image\.png'\. R"
    ):
        save_image(tmp_path / "new/image.png/image.png", np.zeros((4, 4, 1), np.uint8))


@pytest.mark.parametrize(("name", "suffix"), [("a.pgn", ".pgn"), ("a.psd", ".psd"), ("a", "")])
def test_a_suffix_of_no_format_that_can_be_written_raises_an_error(tmp_path, name, suffix):
    with pytest.raises(InputError, match=rf"Unknown picture format; .*Received: '{suffix}'$"):
        save_image(tmp_path / name, np.zeros((4, 4, 1), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_a_suffix_is_answered_with_the_closest_match():
    with pytest.raises(InputError, match=r"did you mean '\.png'\?"):
        format_of("grid.pgn")
    assert format_of("grid.JPEG") == "JPEG"
