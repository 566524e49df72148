"""The signatures of models that translate images."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from ganzoo.images.ranges import from_uint8, to_uint8, with_channels
from ganzoo.serving.endpoint import Endpoint, require_images
from ganzoo.serving.pictures import MAX_PIXELS, decode_picture

PICTURES = f"JPEG or PNG files of at most {MAX_PIXELS:,} pixels"


def translation_endpoints(
    translators: dict[str, Callable[..., tf.Tensor]],
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
    endpoints = {}
    for direction, translator in translators.items():
        suffix = f"_{direction}" if endpoints else ""
        of_direction = TranslationEndpoints(translator, image_shape, output_channels, has_seeds)
        endpoints |= of_direction.endpoints(suffix)
    return endpoints


class TranslationEndpoints:
    """The functions of the signatures of one direction, and what each of their inputs is."""

    def __init__(self, translator, image_shape, output_channels, has_seeds):
        self.translator = translator
        self.image_shape = image_shape
        self.output_channels = output_channels
        self.has_seeds = has_seeds

    def serve(self, images, **seeds):
        return {"outputs": self.translator(require_images(images), *seeds.values())}

    def translate(self, images, **seeds):
        return {"outputs": to_uint8(self.translator(from_uint8(images), *seeds.values()))}

    def translate_bytes(self, image_bytes, **seeds):
        # One by one, for they differ in size; two at a time, so that the next one is decoded while
        # the network has the last.
        return {
            "output_bytes": tf.map_fn(
                self._translate_file, {"image_bytes": image_bytes} | seeds,
                fn_output_signature=tf.string,
                parallel_iterations=None if tf.executing_eagerly() else 2,
            )
        }  # fmt: skip

    def _translate_file(self, inputs):
        image = self._decoded(inputs["image_bytes"])
        seeds = {"seeds": inputs["seeds"][None]} if self.has_seeds else {}
        return tf.io.encode_png(self.translate(image[None], **seeds)["outputs"])[0]

    def _decoded(self, contents):
        return with_channels(decode_picture(contents), self.image_shape[-1])

    def examples(self, dtype: tf.DType, count: int) -> dict[str, np.ndarray]:
        seeds = {"seeds": np.arange(count, dtype=np.int64)} if self.has_seeds else {}
        return self.example_arrays(dtype, count) | seeds

    def example_arrays(self, dtype: tf.DType, count: int) -> dict[str, np.ndarray]:
        noise = np.random.default_rng(0)
        pixels = noise.integers(0, 256, (count, *self.image_shape), np.uint8)
        if dtype == tf.string:
            return self.files_of(pixels)
        is_float = dtype == tf.float32
        return {"images": pixels.astype(np.float32) / 127.5 - 1.0 if is_float else pixels}

    def files_of(self, pixels: np.ndarray) -> dict[str, np.ndarray]:
        """PNG files of images; all but the first are of other sizes, and pad to the same."""
        crops = [image[i % 2 :, i % 3 :] for i, image in enumerate(pixels)]
        files = [tf.io.encode_png(image).numpy() for image in crops]
        return {"image_bytes": np.array(files, object)}

    def of_images(self, function, dtype, meaning) -> Endpoint:
        """An endpoint that takes and returns images of one type."""
        height, width, channels = self.image_shape
        inputs = tf.TensorSpec((None, None, None, channels), dtype, "images")
        of_inputs = f"{meaning}, of any size; in training they were {height}x{width}"
        return self.of_arrays(function, inputs, of_inputs, dtype, meaning)

    def of_arrays(self, function, inputs, of_inputs, dtype, meaning) -> Endpoint:
        """An endpoint that takes arrays, and returns images of a type and meaning."""
        outputs = tf.TensorSpec((None, None, None, self.output_channels), dtype, "outputs")
        meanings = {inputs.name: of_inputs, "outputs": f"{meaning}, of the same size"}
        return self._endpoint(function, inputs, outputs, meanings)

    def of_files(self, function, meaning=PICTURES) -> Endpoint:
        """An endpoint that takes and returns picture files."""
        inputs = tf.TensorSpec((None,), tf.string, "image_bytes")
        outputs = tf.TensorSpec((None,), tf.string, "output_bytes")
        meanings = {
            "image_bytes": meaning,
            "output_bytes": "PNG files of the pictures' sizes",
        }
        return self._endpoint(function, inputs, outputs, meanings)

    def _endpoint(self, function, inputs, outputs, meanings):
        seeds = ()
        if self.has_seeds:
            seeds = (tf.TensorSpec((None,), tf.int64, "seeds"),)
            meanings["seeds"] = "any int64: what an image's noise is drawn from"
        return Endpoint(
            function, (inputs, *seeds), (outputs,),
            lambda count: self.examples(inputs.dtype, count), meanings,
        )  # fmt: skip

    def endpoints(self, suffix: str) -> dict[str, Endpoint]:
        return {
            f"serving{suffix or '_default'}": self.of_images(self.serve, tf.float32, "in [-1, 1]"),
            f"translate{suffix}": self.of_images(self.translate, tf.uint8, "0 to 255"),
            f"translate_bytes{suffix}": self.of_files(self.translate_bytes),
        }
