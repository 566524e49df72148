"""Images between the networks' range, [-1, 1], and files: the one home of that conversion."""

import contextlib
import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from ganzoo.errors import ResourceError, unknown

PICTURE_FORMATS = {
    ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".bmp": "BMP", ".gif": "GIF",
    ".tif": "TIFF", ".tiff": "TIFF",
}  # fmt: skip
# Pillow's names of pixels without colour.
GREY_MODES = {"1", "L", "LA", "La", "I;16", "I;16B", "I;16L", "I;16N"}


def from_uint8(images) -> tf.Tensor:
    """Returns uint8 images as float32 in [-1, 1]."""
    return tf.cast(images, tf.float32) / 127.5 - 1.0


def to_uint8(images) -> tf.Tensor:
    """Returns float images in [-1, 1] as uint8, rounded; values outside the range are clipped."""
    return tf.saturate_cast(tf.round((tf.cast(images, tf.float32) + 1.0) * 127.5), tf.uint8)


def with_channels(images, channels: int) -> tf.Tensor:
    """Returns images, of 1 or 3 channels, with 1 (the luminance) or 3, of any type."""
    if images.shape[-1] == channels:
        return images
    if channels == 1:
        return tf.image.rgb_to_grayscale(images)
    return tf.repeat(images, 3, axis=-1)


def mirrored_to_multiple(images, multiple: int, smallest: int = 0) -> tf.Tensor:
    """Returns images `(batch, height, width, channels)` whose sides are multiples of a number.

    What is missing at the bottom and on the right is the image's reflection, as often as needed.

    Args:
        images: of any size.
        multiple: of which each side is to be a multiple.
        smallest: the least that a side may have, a multiple as well.
    """
    for axis in (1, 2):
        side = tf.shape(images)[axis]
        # Rounded up without a negative number: ONNX divides integers towards zero.
        target = tf.maximum((side + multiple - 1) // multiple * multiple, smallest)
        period = tf.maximum(2 * (side - 1), 1)
        places = tf.range(target) % period
        images = tf.gather(images, tf.minimum(places, period - places), axis=axis)
    return images


def to_unit(images):
    """Returns images of [-1, 1] in [0, 1], the range that the papers before DCGAN work in."""
    return (images + 1.0) / 2.0


def from_unit(images):
    """Returns images of [0, 1] in [-1, 1]."""
    return images * 2.0 - 1.0


def square_columns(count: int) -> int:
    """Returns how many columns make a grid of `count` images about square."""
    return math.ceil(math.sqrt(count))


def image_grid(images, columns: int | None = None, padding: int = 2) -> np.ndarray:
    """Lays images out in rows, left to right and top to bottom.

    Args:
        images: float `(count, height, width, channels)` in [-1, 1], 1 or 3 channels.
        columns: images in a row; left out, as many as make the grid about square.
        padding: pixels of black around each image.

    Returns:
        uint8 `(rows * (height + padding) + padding, ..., channels)`, the width likewise.
    """
    images = to_uint8(images).numpy()
    count, height, width, channels = images.shape
    columns = columns or square_columns(count)
    rows = math.ceil(count / columns)
    cell_height, cell_width = height + padding, width + padding
    grid = np.zeros(
        (rows * cell_height + padding, columns * cell_width + padding, channels), np.uint8
    )
    for index, image in enumerate(images):
        top = padding + (index // columns) * cell_height
        left = padding + (index % columns) * cell_width
        grid[top : top + height, left : left + width] = image
    return grid


def save_image(path: str | os.PathLike, image: np.ndarray) -> None:
    """Writes a uint8 image `(height, width, 1 or 3)`; the suffix says the format.

    The file appears whole or not at all.

    Raises:
        InputError: if the suffix is of no picture format that can be written.
    """
    path = Path(path)
    picture_format = format_of(path)
    temporary = path.with_name(f".{path.name}.part")
    if image.shape[-1] == 1:
        image = image[..., 0]
    try:
        Image.fromarray(image).save(temporary, format=picture_format)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@dataclass(frozen=True)
class PictureHeader:
    """What a picture file says of itself: its size, upright, and its channels, 1 or 3.

    `is_plain_jpeg`: TensorFlow's JPEG decoder gives what `read_image` gives.
    """

    height: int
    width: int
    channels: int
    is_plain_jpeg: bool


def is_picture(path: str | os.PathLike) -> bool:
    """Whether a file is named as a picture that can be read; hidden files are none."""
    path = Path(path)
    return path.suffix.lower() in PICTURE_FORMATS and not path.name.startswith(".")


def read_header(path: str | os.PathLike) -> PictureHeader:
    """Reads a picture file's header only; errors as of `read_image`."""
    with _opened(path) as picture:
        turn = picture.getexif().get(ExifTags.Base.Orientation, 1)
        width, height = picture.size if turn < 5 else picture.size[::-1]
        is_plain = picture.format == "JPEG" and picture.mode in ("L", "RGB") and turn == 1
        return PictureHeader(height, width, 1 if picture.mode in GREY_MODES else 3, is_plain)


def read_image(path: str | os.PathLike) -> np.ndarray:
    """Returns a picture file as a uint8 image `(height, width, 1 or 3)`.

    It is upright, as its EXIF orientation has it; opacity is shown on white; of 16 bits the upper 8
    are kept, CMYK becomes RGB, and of several frames the first counts.

    Raises:
        ResourceError: if it cannot be read, is no picture or not a whole one, or says that it has
            more pixels than Pillow's limit, 179 million, in which case it is not decoded.
    """
    with _opened(path) as picture:
        is_grey = picture.mode in GREY_MODES
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith("I;16"):
            return (np.asarray(picture) >> 8).astype(np.uint8)[..., None]
        if picture.has_transparency_data:
            image = on_white(np.asarray(picture.convert("RGBA")))
            return image[..., :1] if is_grey else image
        image = np.asarray(picture.convert("L" if is_grey else "RGB"))
        return image[..., None] if is_grey else image


def on_white(images):
    """Returns uint8 images `(..., 4)`, the last channel opacity, as they look on white, `(..., 3)`.

    Takes and returns an array or a tensor.
    """
    cast = tf.cast if tf.is_tensor(images) else np.asarray
    wide = cast(images, "int32")
    opacity = wide[..., 3:]
    return cast((wide[..., :3] * opacity + 255 * (255 - opacity) + 127) // 255, "uint8")


@contextlib.contextmanager
def _opened(path):
    try:
        with Image.open(path, formats=list(PICTURE_FORMATS.values())) as picture:
            if picture.mode in ("I", "F"):
                raise ValueError("it has 32 bits a channel; 8 and 16 can be read")
            yield picture
    except Exception as error:  # Pillow lets through whatever its parsers raise
        if isinstance(error, UnidentifiedImageError):
            reason = "its content is of no known format"
        else:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise ResourceError(
            f"Not a picture that can be read: {' '.join(reason.split()).rstrip('.')}. "
            f"Received: {str(path)!r}"
        ) from error


def format_of(path: str | os.PathLike) -> str:
    """Returns Pillow's name of the format that a picture file's suffix stands for."""
    suffix = Path(path).suffix.lower()
    if suffix not in PICTURE_FORMATS:
        raise unknown("picture format", suffix, PICTURE_FORMATS)
    return PICTURE_FORMATS[suffix]
