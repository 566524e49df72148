"""Picture files inside a graph."""

import tensorflow as tf

from ganzoo.images.ranges import on_background
from ganzoo.serving.endpoint import require

# More would hardly go through a network in any memory, and decoding alone could end a server.
MAX_PIXELS = 2**24
_PNG_START = b"\x89PNG\r\n\x1a\n"


def decode_grey_png(contents) -> tf.Tensor:
    """Returns the bytes of a grey PNG file of 8 bits as uint8 `(height, width, 1)`: its own levels.

    Of a palette file TensorFlow would return levels of its colours, and of other depths it would
    change levels; so these are refused.

    Args:
        contents: a scalar string tensor.

    Raises:
        tf.errors.InvalidArgumentError: if it is no such file, or has more than `MAX_PIXELS`.
    """
    length = tf.strings.length(contents)
    start = tf.strings.substr(tf.strings.join([contents, b"\xff" * 26]), 0, 26)
    # Bytes 24 and 25 are the bits of a level, and what a pixel is: 0 is grey.
    is_png = tf.strings.substr(start, 0, 8) == _PNG_START
    is_grey = is_png & (tf.strings.substr(start, 24, 2) == b"\x08\x00")
    message = "image_bytes must be grey PNG files of 8 bits a pixel"
    contents = require(contents, is_grey, message, [length, "bytes of something else"])
    contents = require(contents, *_is_small(_png_size(contents)))
    return tf.ensure_shape(tf.io.decode_png(contents, channels=1), (None, None, 1))


def decode_picture(contents) -> tf.Tensor:
    """Returns the bytes of a JPEG or PNG file as a uint8 image `(height, width, 3)`.

    Opacity is shown on white, as `images.read_image` does; but the picture is not turned upright by
    its EXIF orientation, which TensorFlow's decoders do not read.

    Args:
        contents: a scalar string tensor.

    Raises:
        tf.errors.InvalidArgumentError: if that is no JPEG or PNG file, or no whole one, or has more
            than `MAX_PIXELS` pixels, in which case it is not decoded.
    """
    length = tf.strings.length(contents)
    start = tf.strings.substr(contents, 0, 8)
    is_jpeg = tf.strings.substr(contents, 0, 2) == b"\xff\xd8"
    is_png = (start == _PNG_START) & (length >= 24)
    # The bytes are no part of the message: an error that is no UTF-8 ends a Python client.
    message = "image_bytes must be JPEG or PNG files"
    contents = require(contents, is_jpeg | is_png, message, [length, "bytes of something else"])

    def jpeg_size():
        return tf.image.extract_jpeg_shape(contents, tf.int64)[:2]

    size = tf.cond(is_jpeg, jpeg_size, lambda: _png_size(contents))
    contents = require(contents, *_is_small(size))

    def from_jpeg():  # by Pillow's default method, for the same pixels
        return tf.io.decode_jpeg(contents, channels=3, dct_method="INTEGER_ACCURATE")

    def from_png():
        return on_background(tf.io.decode_png(contents, channels=4))

    return tf.ensure_shape(tf.cond(is_jpeg, from_jpeg, from_png), (None, None, 3))


def _png_size(contents):
    """Returns the width and height of a PNG file: its bytes 16 to 23."""
    size = tf.io.decode_raw(tf.strings.substr(contents, 16, 8), tf.int32, little_endian=False)
    return tf.cast(size, tf.int64)


def _is_small(size):
    """Returns whether a picture has few enough pixels, and what says so."""
    is_small = tf.reduce_all((size > 0) & (size <= MAX_PIXELS // tf.maximum(size[::-1], 1)))
    return is_small, f"A picture may have {MAX_PIXELS} pixels at most", size
