"""Still pictures in files: which formats there are, and how they are read and written."""

import contextlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from ganzoo.errors import ResourceError, unknown
from ganzoo.images.ranges import WHITE, on_background
from ganzoo.saving.files import path_of, written_atomically

PICTURE_FORMATS = {
    ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".bmp": "BMP", ".gif": "GIF",
    ".tif": "TIFF", ".tiff": "TIFF",
}  # fmt: skip
# Pillow's names of pixels without colour.
GREY_MODES = {"1", "L", "LA", "La", "I;16", "I;16B", "I;16L", "I;16N"}


def save_image(path: str | os.PathLike, image: np.ndarray) -> None:
    """Writes a uint8 image `(height, width, 1 or 3)` in the format of the suffix.

    The file appears complete or not at all; folders on the way are made.

    Raises:
        InputError: if the suffix is of no picture format that can be written.
        ResourceError: if it cannot be written.
    """
    path = path_of(path)
    content = encoded(image, format_of(path))
    with written_atomically(path) as temporary:
        temporary.write_bytes(content)


def encoded(image: np.ndarray, picture_format: str = "PNG") -> bytes:
    """Returns the content of a file with a uint8 image `(height, width, 1 or 3)`.

    Args:
        picture_format: Pillow's name of it.
    """
    content = io.BytesIO()
    Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image).save(content, picture_format)
    return content.getvalue()


@dataclass(frozen=True)
class PictureHeader:
    """What the header of a picture file states.

    `height` and `width` are those of the upright image, `channels` 1 or 3. Of a file that
    `is_plain_jpeg`, TensorFlow's JPEG decoder returns the same pixels as `read_image`.
    """

    height: int
    width: int
    channels: int
    is_plain_jpeg: bool


def is_picture(path: str | os.PathLike) -> bool:
    """Whether a file has the suffix of a picture that can be read, and is not hidden."""
    path = path_of(path)
    return path.suffix.lower() in PICTURE_FORMATS and not path.name.startswith(".")


def read_header(path: str | os.PathLike) -> PictureHeader:
    """Reads only the header of a picture file; raises the errors of `read_image`."""
    with opened_picture(path) as picture:
        turn = picture.getexif().get(ExifTags.Base.Orientation, 1)
        width, height = picture.size if turn < 5 else picture.size[::-1]
        is_plain = picture.format == "JPEG" and picture.mode in ("L", "RGB") and turn == 1
        return PictureHeader(height, width, 1 if picture.mode in GREY_MODES else 3, is_plain)


def read_image(path: str | os.PathLike, background: tuple[int, int, int] = WHITE) -> np.ndarray:
    """Returns a picture file as a uint8 image `(height, width, 1 or 3)`.

    Its EXIF orientation is applied, and transparency is composed over `background`. 16 bits are
    reduced to the upper 8, CMYK becomes RGB, and of several frames the first is returned.

    Raises:
        ResourceError: if it cannot be read, is no picture or an incomplete one, or states more
            pixels than Pillow's limit, 179 million, in which case it is not decoded.
    """
    with opened_picture(path) as picture:
        is_grey = picture.mode in GREY_MODES
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith("I;16"):
            return (np.asarray(picture) >> 8).astype(np.uint8)[..., None]
        if picture.has_transparency_data:
            image = on_background(np.asarray(picture.convert("RGBA")), background)
            is_grey = is_grey and len(set(background)) == 1
            return image[..., :1] if is_grey else image
        image = np.asarray(picture.convert("L" if is_grey else "RGB"))
        return image[..., None] if is_grey else image


@contextlib.contextmanager
def opened_picture(path: str | os.PathLike) -> Iterator[Image.Image]:
    """Opens a picture file with Pillow; raises the errors of `read_image`."""
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
    """Returns Pillow's name of the format of a picture file, by its suffix.

    Raises:
        InputError: for a suffix of no format.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in PICTURE_FORMATS:
        raise unknown("picture format", suffix, PICTURE_FORMATS)
    return PICTURE_FORMATS[suffix]
