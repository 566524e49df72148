"""The range of images, grids of them, and files that are whole or not there."""

import numpy as np
import pytest
from PIL import Image

from ganzoo.errors import InputError, ResourceError
from ganzoo.images.files import format_of, save_image
from ganzoo.images.grids import image_grid
from ganzoo.images.ranges import from_uint8, from_unit, to_uint8, to_unit

GREYS = np.arange(256, dtype=np.uint8)


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image)


def constant_images(*greys, shape=(2, 3, 1)):
    return np.stack([np.full(shape, grey / 127.5 - 1, np.float32) for grey in greys])


def test_all_grey_levels_survive_the_round_trip():
    floats = from_uint8(GREYS)
    assert floats.dtype == "float32"
    np.testing.assert_array_equal(to_uint8(floats), GREYS)


def test_black_is_minus_one_and_white_is_one():
    np.testing.assert_array_equal(from_uint8(GREYS[[0, 255]]), [-1.0, 1.0])
    np.testing.assert_allclose(from_uint8(GREYS), GREYS / 127.5 - 1, atol=1e-6)


def test_the_unit_range_and_back():
    np.testing.assert_array_equal(to_unit(np.array([-1.0, 0.0, 1.0])), [0.0, 0.5, 1.0])
    np.testing.assert_array_equal(from_unit(np.array([0.0, 0.5, 1.0])), [-1.0, 0.0, 1.0])


def test_values_are_rounded_to_the_nearest_level():
    levels = np.array([10.0, 10.4, 10.6, 254.6])
    np.testing.assert_array_equal(to_uint8(levels / 127.5 - 1), [10, 10, 11, 255])


def test_values_beyond_the_range_are_clipped():
    values = to_uint8([-np.inf, -1.5, -1.0, 1.0, 1.5, np.inf])
    assert values.dtype == "uint8"
    np.testing.assert_array_equal(values, [0, 0, 0, 255, 255, 255])


def test_images_lie_in_a_grid_row_by_row_with_black_between():
    grid = image_grid(constant_images(50, 100, 150), columns=2, padding=1)
    expected = np.zeros((7, 9), np.uint8)
    expected[1:3, 1:4] = 50
    expected[1:3, 5:8] = 100
    expected[4:6, 1:4] = 150
    assert grid.dtype == np.uint8
    np.testing.assert_array_equal(grid, expected[..., None])


@pytest.mark.parametrize(
    ("count", "rows", "columns"), [(1, 1, 1), (2, 1, 2), (5, 2, 3), (9, 3, 3), (64, 8, 8)]
)
def test_a_grid_is_about_square_and_loses_no_image(count, rows, columns):
    grid = image_grid(constant_images(*[255] * count))
    assert grid.shape == (rows * 4 + 2, columns * 5 + 2, 1)
    assert (grid == 255).sum() == count * 6


def test_without_padding_a_grid_of_one_is_the_image():
    image = np.random.default_rng(0).integers(0, 256, (1, 4, 5, 3), np.uint8)
    np.testing.assert_array_equal(image_grid(from_uint8(image), padding=0), image[0])


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
