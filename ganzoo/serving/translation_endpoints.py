"""The signatures of models that translate images."""

import numpy as np
import tensorflow as tf

from ganzoo.images.ranges import from_uint8, to_uint8, with_channels
from ganzoo.serving.endpoint import Endpoint, require
from ganzoo.serving.pictures import MAX_PIXELS, decode_picture


def translation_endpoints(
    translators: dict,
    image_shape: tuple[int, int, int],
    output_channels: int,
    *,
    has_seeds: bool,
) -> dict[str, Endpoint]:
    """Returns three endpoints for each direction that a model translates in.

    `serving_default` takes and returns float images, `translate` uint8 ones, and `translate_bytes`
    takes JPEG or PNG files and returns PNG files. Of the second direction, `ba`, these are called
    `serving_ba`, `translate_ba` and `translate_bytes_ba`. Images may be of any size; the files of
    one batch even of different ones, and go through the network one by one.

    Args:
        translators: `{direction: function}`; a function takes float images of any size in [-1, 1],
            and seeds, int64 `(batch,)`, where it has noise, and returns images of that size.
        image_shape: `(height, width, channels)` of the inputs in training.
        output_channels: of what they return.
        has_seeds: whether they take seeds.
    """
    *sides, channels = image_shape
    seed_specs = (tf.TensorSpec((None,), tf.int64, "seeds"),) if has_seeds else ()

    def examples(dtype):
        def draw(count):
            noise = np.random.default_rng(0)
            pixels = noise.integers(0, 256, (count, *image_shape), np.uint8)
            if dtype == tf.string:
                # All but the first are of other sizes, and pad to the same.
                crops = [image[i % 2 :, i % 3 :] for i, image in enumerate(pixels)]
                inputs = {"image_bytes": np.array([_png(image) for image in crops], object)}
            elif dtype == tf.float32:
                inputs = {"images": pixels.astype(np.float32) / 127.5 - 1.0}
            else:
                inputs = {"images": pixels}
            return inputs | ({"seeds": np.arange(count, dtype=np.int64)} if has_seeds else {})

        return draw

    size = f"of any size; in training they were {sides[0]}x{sides[1]}"
    seeds = {"seeds": "any int64: what an image's noise is drawn from"} if has_seeds else {}

    def endpoint(function, dtype, meaning):
        if dtype == tf.string:
            specs = [tf.TensorSpec((None,), dtype, f"{kind}_bytes") for kind in ("image", "output")]
            meanings = {"image_bytes": meaning, "output_bytes": "PNG files of the pictures' sizes"}
        else:
            specs = [
                tf.TensorSpec((None, None, None, depth), dtype, name)
                for name, depth in (("images", channels), ("outputs", output_channels))
            ]
            meanings = {"images": f"{meaning}, {size}", "outputs": f"{meaning}, of the same size"}
        return Endpoint(
            function, (specs[0], *seed_specs), (specs[1],), examples(dtype), meanings | seeds
        )

    endpoints = {}
    for direction, translator in translators.items():
        serve, translate, translate_bytes = _functions(translator, channels)
        suffix = f"_{direction}" if endpoints else ""
        endpoints |= {
            f"serving{suffix or '_default'}": endpoint(serve, tf.float32, "in [-1, 1]"),
            f"translate{suffix}": endpoint(translate, tf.uint8, "0 to 255"),
            f"translate_bytes{suffix}": endpoint(
                translate_bytes, tf.string, f"JPEG or PNG files of at most {MAX_PIXELS:,} pixels"
            ),
        }
    return endpoints


def _functions(translator, channels):
    """Returns the functions of the three endpoints of one direction."""

    def serve(images, **seeds):
        # Bytes in floats, 0 to 255, are the mistake to expect. NaN is out of range, too.
        in_range = tf.reduce_all(tf.abs(images) <= 1.0 + 1e-3)
        extremes = tf.stack([tf.reduce_min(images), tf.reduce_max(images)])
        images = require(images, in_range, "images must be in [-1, 1]", extremes)
        return {"outputs": translator(images, **seeds)}

    def translate(images, **seeds):
        outputs = translator(from_uint8(images), **seeds)
        return {"outputs": to_uint8(outputs)}

    def translate_bytes(image_bytes, **seeds):
        def translated(inputs):
            image = decode_picture(inputs.pop("image_bytes"))
            image = with_channels(image, channels)
            seed = {name: value[None] for name, value in inputs.items()}
            return tf.io.encode_png(translate(image[None], **seed)["outputs"])[0]

        # One by one, for they differ in size; two at a time, so that the next one is decoded while
        # the network has the last.
        return {
            "output_bytes": tf.map_fn(
                translated, {"image_bytes": image_bytes} | seeds,
                fn_output_signature=tf.string,
                parallel_iterations=None if tf.executing_eagerly() else 2,
            )
        }  # fmt: skip

    return serve, translate, translate_bytes


def _png(image):
    return tf.io.encode_png(image).numpy()
