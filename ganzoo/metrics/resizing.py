"""Images to the size that a feature extractor takes.

The method changes FID by points (Parmar et al., "On Aliased Resizing and Surprising Subtleties
in GAN Evaluation", arXiv:2104.11222), so that it is part of every result's protocol.
"""

import tensorflow as tf

from ganzoo.errors import unknown


def _antialiased(images, size):
    # Equal to Pillow's bicubic on each channel in floats, which clean-fid takes, to 0.004 of 255.
    resized = tf.image.resize(images, size, "bicubic", antialias=True)
    return tf.clip_by_value(resized, 0.0, 255.0)


def _legacy(images, size):
    # TensorFlow 1's bilinear: no antialiasing, and corners instead of centres of pixels aligned.
    return tf.raw_ops.ResizeBilinear(images=images, size=size)


RESIZERS = {"antialiased": _antialiased, "legacy": _legacy}


def resizer(name: str):
    """Returns the function `(images, (height, width))` of that name.

    It takes float32 `(batch, height, width, channels)` from 0 to 255 and returns the same, resized.
    `"antialiased"` is clean-fid's; `"legacy"` is that of the Inception graph itself, which papers
    before 2021 and torch-fidelity use.

    Raises:
        InputError: if there is none of that name.
    """
    if name not in RESIZERS:
        raise unknown("resize", name, RESIZERS)
    return RESIZERS[name]
