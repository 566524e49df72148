"""Pictures that a request brings: checked before they are decoded, and read as files are."""

import contextlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from ganzoo.errors import InputError

MOST_PIXELS = 16_000_000
FORMATS = ("PNG", "JPEG", "WEBP")


@contextlib.contextmanager
def uploaded(content: bytes) -> Iterator[Path]:
    """Yields the path of a temporary file with an uploaded picture.

    Raises:
        InputError: as `checked_format` does.
    """
    suffix = checked_format(content).lower()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload.{suffix}"
        path.write_bytes(content)
        yield path


def checked_format(content: bytes) -> str:
    """Returns the format of an uploaded picture, `"PNG"` say, which can be decoded.

    Raises:
        InputError: if it is none, of another format, incomplete, or of too many pixels, in which
            case it is not decoded.
    """
    too_large = f"A picture may have at most {MOST_PIXELS // 10**6} megapixels. Received: "
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise InputError(f"{too_large}{width} x {height}")
            picture.load()
            return picture.format
    except InputError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InputError(f"{too_large}more than {Image.MAX_IMAGE_PIXELS:,}") from error
    except UnidentifiedImageError as error:
        raise InputError(
            f"A picture must be {', '.join(FORMATS[:-1])} or {FORMATS[-1]}. "
            f"Received: {len(content):,} bytes of no such file"
        ) from error
    except Exception as error:  # Pillow lets through whatever its parsers raise
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError(f"Not a complete picture: {reason}") from error
