"""Label maps: pictures whose pixels are the numbers of classes, or colours that stand for them."""

import os
import re
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from PIL import ImageOps

from ganzoo.errors import InputError, ResourceError
from ganzoo.images.files import opened_picture
from ganzoo.images.ranges import WHITE
from ganzoo.saving.files import path_of

MAX_CLASSES = 256
Color = tuple[int, int, int]
Colors = tuple[Color, ...]
_NAMED = {"white": WHITE, "black": (0, 0, 0)}
_HEX = re.compile(r"#?([0-9a-fA-F]{6})")


def read_label_map(path: str | os.PathLike) -> np.ndarray:
    """Returns the ids in a picture file, integers `(height, width, 1)`.

    Of a palette picture they are the indices of its colours, and of a grey one its levels.

    Raises:
        ResourceError: if it cannot be read, has colours that are no palette, or was compressed in a
            way that changes levels.
    """
    with opened_picture(path) as picture:
        mode, is_lossy = picture.mode, picture.format == "JPEG"
        if not is_lossy and (mode in ("P", "L", "1") or mode.startswith("I;16")):
            return np.asarray(ImageOps.exif_transpose(picture)).astype(np.uint16)[..., None]
    kind = "a JPEG file, which changes levels" if is_lossy else f"a picture of the mode {mode}"
    raise ResourceError(
        "Ids of classes are grey or palette pictures; for colours that stand for them "
        f"state input_colors. Received: {kind}, {str(path)!r}"
    )


def parse_colors(given: Sequence[str]) -> Colors:
    """Returns the colours of classes, in the order of their ids.

    Args:
        given: colours, `"#0000de"` or `"0000de"`; or one path of a text file that has a colour on
            each line, written so or as three numbers of 0 to 255, and perhaps a name after it.

    Raises:
        InputError: for what is no colour, or a colour that stands for two classes.
        ResourceError: if the file cannot be read.
    """
    where = ""
    if len(given) == 1 and not _HEX.fullmatch(given[0]):
        path = path_of(given[0])
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ResourceError(
                f"input_colors are colours such as #0000de, or a file of them: {reason}. "
                f"Received: {given[0]!r}"
            ) from error
        given, where = [line.strip() for line in lines if line.strip()], f" in {str(path)!r}"
    colors = [_color(text, where) for text in given]
    for number, color in enumerate(colors):
        if color in colors[:number]:
            raise InputError(
                f"A colour stands for the classes {colors.index(color)} and {number}. "
                f"Received: {hex_of(color)}{where}"
            )
    return tuple(colors)


def parse_color(text: str) -> Color:
    """Returns a colour given as `"#0000de"`, as `"0, 0, 222"`, or as `"white"` or `"black"`.

    Raises:
        InputError: for what is no colour.
    """
    return _NAMED.get(text) or _color(text, "")


def _color(text, where):
    if found := _HEX.match(text):
        return tuple(bytes.fromhex(found[1]))
    numbers = [int(number) for number in re.findall(r"\d+", text)[:3]]
    if not re.match(r"\d+[\s,]+\d+[\s,]+\d+", text) or max(numbers) > 255:
        raise InputError(f"A colour is #rrggbb, or three of 0 to 255. Received: {text!r}{where}")
    return tuple(numbers)


def hex_of(color: Sequence[int]) -> str:
    """Returns a colour of three levels as text, `#rrggbb`."""
    return "#" + bytes(int(level) for level in color).hex()


def nearest_colors(pixels: np.ndarray, colors: Colors) -> tuple[np.ndarray, np.ndarray]:
    """Returns the id of the colour nearest to each pixel, and its distance.

    Args:
        pixels: uint8 `(height, width, 3)`.
        colors: in the order of their ids.

    Returns:
        uint8 ids and float distances `(height, width)`, Euclidean, in levels of 0 to 255.
    """
    packed = pixels.astype(np.int32) @ np.array([65536, 256, 1], np.int32)
    found, places = np.unique(packed, return_inverse=True)
    levels = np.stack([found >> 16, found >> 8 & 255, found & 255], 1)
    squares = ((levels[:, None] - np.array(colors, np.int32)) ** 2).sum(-1)
    ids, distances = squares.argmin(1).astype(np.uint8), np.sqrt(squares.min(1))
    return ids[places].reshape(packed.shape), distances[places].reshape(packed.shape)


def in_colors(ids) -> tf.Tensor:
    """Returns a picture of label maps, each id in a colour of its own.

    They are the colours of the PASCAL VOC label maps: the bits of an id in turn over the channels,
    from the highest level down.

    Args:
        ids: integers `(..., height, width)` or `(..., height, width, 1)`, 0 to 255.

    Returns:
        uint8 `(..., height, width, 3)`.
    """
    ids = tf.cast(ids, tf.int32)
    return tf.gather(_COLORS, ids[..., 0] if ids.shape[-1] == 1 else ids)


def _voc_colors():
    colors, ids = np.zeros((MAX_CLASSES, 3), np.uint8), np.arange(MAX_CLASSES)
    for bit in range(8):
        colors[:, bit % 3] |= ((ids >> bit & 1) << (7 - bit // 3)).astype(np.uint8)
    return colors


_COLORS = _voc_colors()
