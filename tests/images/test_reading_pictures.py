"""Picture files of every kind -> images, and what is said of those that cannot be read."""

import struct
import zlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import ExifTags, Image

from ganzoo.errors import ResourceError
from ganzoo.images.files import is_picture, read_header, read_image
from ganzoo.images.ranges import on_background

RED, WHITE = (255, 0, 0), (255, 255, 255)
# Wider than high, red at the top left.
CORNER = np.full((16, 24, 3), 255, np.uint8)
CORNER[:8, :8] = RED


def saved(tmp_path, image, name="a.png", **options):
    path = tmp_path / name
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    image.save(path, **options)
    return path


def read(path):
    """The image of a file whose header says the same of it."""
    image, header = read_image(path), read_header(path)
    assert image.dtype == np.uint8
    assert image.shape == (header.height, header.width, header.channels)
    if header.is_plain_jpeg:
        decoded = tf.io.decode_jpeg(path.read_bytes(), dct_method="INTEGER_ACCURATE")
        np.testing.assert_array_equal(decoded, image)
    return image


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "tiff", "webp", "gif", "PNG"])
@pytest.mark.parametrize("grey", [True, False])
def test_lossless_formats_give_the_pixels(tmp_path, suffix, grey):
    image = CORNER[..., 1] if grey else CORNER
    options = {"lossless": True} if suffix == "webp" else {}
    result = read(saved(tmp_path, image, f"a.{suffix}", **options))
    expected = CORNER[..., 1:2] if grey else CORNER
    if suffix in ("webp", "gif") and grey:  # these formats know only colours
        expected = np.repeat(expected, 3, -1)
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("grey", [True, False])
@pytest.mark.parametrize("progressive", [True, False])
@pytest.mark.parametrize("subsampling", [0, 2])
def test_plain_jpegs_are_what_tensorflow_decodes(tmp_path, grey, progressive, subsampling):
    noise = np.random.default_rng(0).integers(0, 256, (17, 23, 3), np.uint8)
    image = noise[..., 0] if grey else noise
    path = saved(tmp_path, image, "a.jpg", progressive=progressive, subsampling=subsampling)
    assert read_header(path).is_plain_jpeg
    assert read(path).shape == (17, 23, 1 if grey else 3)


def test_a_jpeg_of_four_inks_is_turned_into_colours(tmp_path):
    path = saved(tmp_path, Image.new("CMYK", (24, 16), (0, 255, 255, 0)), "a.jpg")
    assert not read_header(path).is_plain_jpeg
    assert np.abs(read(path).astype(int) - RED).max() < 5


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_pictures_are_upright_as_their_orientation_says(tmp_path, turn, suffix):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    image = read(saved(tmp_path, CORNER, f"a.{suffix}", exif=exif))
    expected = {
        1: CORNER, 2: CORNER[:, ::-1], 3: CORNER[::-1, ::-1], 4: CORNER[::-1],
        5: CORNER.swapaxes(0, 1), 6: np.rot90(CORNER, -1),
        7: np.rot90(CORNER, 2).swapaxes(0, 1), 8: np.rot90(CORNER),
    }[turn]  # fmt: skip
    assert image.shape == expected.shape
    assert np.abs(image.astype(int) - expected).max() < 130
    assert np.abs(image.astype(int) - expected).mean() < 5


def test_of_16_bits_the_upper_8_are_kept(tmp_path):
    levels = np.arange(256, dtype=np.uint16).reshape(16, 16)
    for low in (0, 255):
        image = read(saved(tmp_path, levels * 256 + low))
        np.testing.assert_array_equal(image[..., 0], levels)


def test_palettes_are_looked_up(tmp_path):
    image = Image.fromarray(CORNER).convert("P", palette=Image.Palette.ADAPTIVE)
    np.testing.assert_array_equal(read(saved(tmp_path, image)), CORNER)


def test_black_and_white_without_grey_is_grey(tmp_path):
    image = read(saved(tmp_path, Image.fromarray(CORNER[..., 1]).convert("1")))
    np.testing.assert_array_equal(image, CORNER[..., 1:2])


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
@pytest.mark.parametrize("suffix", ["png", "webp"])
def test_opacity_is_shown_on_white(tmp_path, mode, suffix):
    if mode == "P" and suffix == "webp":
        pytest.skip("WebP has no palettes")
    picture = Image.new("RGBA", (24, 16), (100, 100, 100, 51)).convert(mode)
    image = read(
        saved(tmp_path, picture, f"a.{suffix}", **({"lossless": True} if suffix == "webp" else {}))
    )
    assert image.shape[-1] == (1 if mode == "LA" and suffix == "png" else 3)
    assert np.abs(image.astype(int) - (255 - (255 - 100) * 0.2)).max() <= 1


def test_a_transparent_colour_of_a_palette_is_white(tmp_path):
    picture = Image.fromarray(CORNER).convert("P", palette=Image.Palette.ADAPTIVE)
    red = picture.getpixel((0, 0))
    for suffix in ("gif", "png"):
        image = read(saved(tmp_path, picture, f"a.{suffix}", transparency=red))
        np.testing.assert_array_equal(image, np.full_like(CORNER, 255))


def test_opacity_is_shown_on_the_colour_that_is_asked_for(tmp_path):
    picture = Image.new("RGBA", (4, 4), (100, 100, 100, 51))
    path = tmp_path / "a.png"
    picture.save(path)
    right = np.round([0.8 * 255 + 20, 20, 20]).astype(np.uint8)
    np.testing.assert_array_equal(read_image(path, RED), np.full((4, 4, 3), right))
    picture.convert("LA").save(path)
    np.testing.assert_array_equal(read_image(path, RED), np.full((4, 4, 3), right))
    np.testing.assert_array_equal(read_image(path, (0, 0, 0)), np.full((4, 4, 1), 20))


def test_opacity_of_arrays_and_tensors_is_the_same():
    image = np.random.default_rng(0).integers(0, 256, (8, 8, 4), np.uint8)
    result = on_background(image)
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(on_background(tf.constant(image)), result)
    np.testing.assert_array_equal(on_background(np.uint8([[9, 9, 9, 255]])), [[9, 9, 9]])
    np.testing.assert_array_equal(on_background(np.uint8([[9, 9, 9, 0]])), [WHITE])


@pytest.mark.parametrize("suffix", ["gif", "webp", "tif", "png"])
def test_of_several_frames_the_first_counts(tmp_path, suffix):
    frames = [Image.fromarray(image) for image in (CORNER, CORNER // 2)]
    options = {"lossless": True} if suffix == "webp" else {}
    path = saved(
        tmp_path, frames[0], f"a.{suffix}", save_all=True, append_images=frames[1:], **options
    )
    np.testing.assert_array_equal(read(path), CORNER)


def bomb(tmp_path):
    """A PNG of 100,000 by 100,000 pixels, by its header."""

    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    path = tmp_path / "bomb.png"
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)
    return path


def text(tmp_path):
    path = tmp_path / "text.png"
    path.write_text("this is no picture")
    return path


def empty(tmp_path):
    path = tmp_path / "empty.jpg"
    path.write_bytes(b"")
    return path


def without_a_name(tmp_path):
    return tmp_path / "nowhere.png"


def a_folder(tmp_path):
    path = tmp_path / "folder.png"
    path.mkdir()
    return path


def of_32_bits(tmp_path):
    return saved(tmp_path, np.zeros((4, 4), np.float32), "float.tif")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (bomb, "10000000000 pixels"),
        (text, "no known format"),
        (empty, "no known format"),
        (without_a_name, "No such file"),
        (a_folder, "Is a directory"),
        (of_32_bits, "32 bits a channel"),
    ],
)
@pytest.mark.parametrize("reader", [read_header, read_image])
def test_what_is_no_picture_raises_an_error_in_one_line_with_its_name(
    tmp_path, make, reason, reader
):
    path = make(tmp_path)
    with pytest.raises(ResourceError) as raised:
        reader(path)
    message = str(raised.value)
    assert reason in message
    assert message.endswith(f". Received: {str(path)!r}")
    assert "\n" not in message


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "gif", "bmp"])
def test_a_truncated_picture_raises_an_error(tmp_path, suffix):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    path = saved(tmp_path, noise, f"a.{suffix}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ResourceError, match=r"Not a picture that can be read: .*Received: "):
        read_image(path)


def test_pictures_are_recognised_by_their_names():
    assert all(is_picture(f"a/b.{s}") for s in ("png", "JPG", "jpeg", "webp", "Tiff"))
    assert not any(is_picture(name) for name in ("a.txt", "png", ".a.png", "a.png.part", "a"))
