"""The signatures of models that translate label maps, the numbers of classes, into images."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from ganzoo.images.ranges import to_uint8
from ganzoo.serving.endpoint import Endpoint, require
from ganzoo.serving.pictures import MAX_PIXELS, decode_grey_png
from ganzoo.serving.translation_endpoints import TranslationEndpoints


def label_map_endpoints(
    translators: dict[str, Callable[..., tf.Tensor]],
    size: tuple[int, int],
    output_channels: int,
    classes: int,
    *,
    has_seeds: bool,
) -> dict[str, Endpoint]:
    """Returns the endpoints of `translation_endpoints`, which take label maps in place of images.

    `serving_default` and `translate` take uint8 arrays of ids; `translate_bytes` takes grey PNG
    files of 8 bits, whose levels are the ids. Ids beyond the classes are an error.

    Args:
        translators: `{direction: function}`; a function takes ids, uint8 `(batch, height, width,
            1)`, of any size, and seeds, int64 `(batch,)`, where it has noise.
        size: `(height, width)` of the label maps in training.
        output_channels: of the images that they return.
        classes: ids are below.
        has_seeds: whether they take seeds.
    """
    endpoints = {}
    for direction, translator in translators.items():
        suffix = f"_{direction}" if endpoints else ""
        shape = (*size, 1)
        of_direction = _LabelMapEndpoints(translator, shape, output_channels, has_seeds, classes)
        endpoints |= of_direction.endpoints(suffix)
    return endpoints


class _LabelMapEndpoints(TranslationEndpoints):
    """As for images, but that what comes in are ids: uint8 arrays, or grey PNG files of 8 bits."""

    def __init__(self, translator, image_shape, output_channels, has_seeds, classes: int):
        super().__init__(translator, image_shape, output_channels, has_seeds)
        self.classes = classes

    def _checked(self, ids):
        highest = tf.reduce_max(ids)
        message = f"The ids of label maps must be below input_classes, {self.classes}"
        return require(ids, tf.cast(highest, tf.int32) < self.classes, message, highest)

    def serve(self, label_maps, **seeds):
        return {"outputs": self.translator(self._checked(label_maps), *seeds.values())}

    def translate(self, label_maps, **seeds):
        return {"outputs": to_uint8(self.serve(label_maps, **seeds)["outputs"])}

    def _decoded(self, contents):
        return decode_grey_png(contents)

    def example_arrays(self, dtype: tf.DType, count: int) -> dict[str, np.ndarray]:
        shape = (count, *self.image_shape)
        ids = np.random.default_rng(0).integers(0, self.classes, shape, np.uint8)
        return self.files_of(ids) if dtype == tf.string else {"label_maps": ids}

    def endpoints(self, suffix: str) -> dict[str, Endpoint]:
        height, width, _ = self.image_shape
        inputs = tf.TensorSpec((None, None, None, 1), tf.uint8, "label_maps")
        meaning = (
            f"numbers of classes, 0 to {self.classes - 1}, of any size; in training they were "
            f"{height}x{width}"
        )
        files = (
            f"grey PNG files of 8 bits, whose levels are {meaning}; at most {MAX_PIXELS:,} pixels"
        )
        return {
            f"serving{suffix or '_default'}": self.of_arrays(
                self.serve, inputs, meaning, tf.float32, "in [-1, 1]"
            ),
            f"translate{suffix}": self.of_arrays(
                self.translate, inputs, meaning, tf.uint8, "0 to 255"
            ),
            f"translate_bytes{suffix}": self.of_files(self.translate_bytes, files),
        }
