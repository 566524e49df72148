"""Label maps: the class of every pixel."""

from dataclasses import dataclass, replace

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats.images import Picture
from ganzoo.errors import InputError, ResourceError
from ganzoo.images.files import read_image
from ganzoo.images.fitting import fitted
from ganzoo.images.label_maps import (
    MAX_CLASSES,
    Colors,
    hex_of,
    in_colors,
    nearest_colors,
    parse_colors,
    read_label_map,
)


@dataclass(frozen=True)
class LabelMaps(Picture):
    """Label maps: int32 `(batch, height, width)`, the number of a class at every pixel.

    A source has them as uint8 `(height, width, 1)`, and makes them of ids, or of colours that stand
    for classes. They are resized to the nearest pixel: no other id appears.

    Args:
        classes: how many ids there are, from 0 on.
        colors: the colours that stand for them, where sources have colours.
        distance: the largest Euclidean distance of a pixel from its colour, in levels of 0 to 255.
        shape: in the cache.
    """

    decodes = True
    classes: int | None = None
    colors: Colors = ()
    distance: float = 0.0
    shape: tuple[int, int, int] | None = None

    def with_settings(self, settings):
        classes, colors = settings.input_classes, parse_colors(settings.input_colors)
        if classes is None:
            raise InputError(
                "input_classes must state how many classes label maps have. Received: None"
            )
        if colors and len(colors) != classes:
            raise InputError(
                f"input_colors must be a colour for each of input_classes, {classes}. "
                f"Received: {len(colors)} of them"
            )
        return replace(
            self,
            classes=classes,
            colors=colors,
            distance=settings.color_distance,
            shape=(*settings.cached_size, 1),
        )

    def example_shape(self, image_shape):
        return tuple(image_shape[:2])

    def check(self, tensor):
        if not tensor.dtype.is_integer:
            raise InputError(f"Label maps are integers. Received: {tensor.dtype.name}")

    def random(self, shape, seed):
        return tf.random.stateless_uniform(shape, seed, 0, self.classes or 1, tf.int32)

    def check_array(self, name, array):
        self._check_example(name, array.shape[1:], array.dtype, array)
        if self.colors or len(array) == 0:
            return
        for number, one in enumerate(array):
            if not 0 <= one.min() <= one.max() < self.classes:
                worst = one.min() if one.min() < 0 else one.max()
                raise InputError(
                    f"{name} must be ids of input_classes, 0 to {self.classes - 1}. "
                    f"Received: {worst} in the map {number}"
                )

    def check_spec(self, name, spec):
        shape = getattr(spec, "shape", tf.TensorShape(None))
        sides = () if shape.rank is None else tuple(shape)
        self._check_example(name, sides, getattr(spec, "dtype", tf.string).as_numpy_dtype, spec)

    def _check_example(self, name, sides, dtype, received):
        if self.colors:
            fits = len(sides) == 3 and sides[-1] == 3 and dtype == np.uint8
            wanted = "uint8 (height, width, 3), of the colours in input_colors"
        else:
            fits = len(sides) == 2 or (len(sides) == 3 and sides[-1] == 1)
            fits = fits and np.issubdtype(dtype, np.integer)
            wanted = "ids (height, width) or (height, width, 1), unless there are input_colors"
        if not fits:
            if isinstance(received, np.ndarray):
                received = f"{received.dtype} {received.shape}"
            raise InputError(f"{name} must be {wanted}. Received: {received}")

    def check_channels(self, channels, where):
        if channels not in ((1, 3) if self.colors else (1,)):
            raise InputError(
                "Ids of classes are grey or palette pictures; for colours that stand for them "
                f"state input_colors. Received: {channels} channels in {where!r}"
            )

    def read_file(self, path):
        return self.decode(read_image(path) if self.colors else read_label_map(path), str(path))

    def decode(self, value, where):
        if not self.colors:
            ids = value if value.ndim == 3 else value[..., None]
            # Of a model alone the classes are not known here, and its networks check them.
            classes = MAX_CLASSES if self.classes is None else self.classes
            if ids.size and not 0 <= ids.min() <= ids.max() < classes:
                worst = ids.min() if ids.min() < 0 else ids.max()
                raise ResourceError(
                    f"The ids of a label map must be below input_classes, {classes}; this one "
                    f"has {worst}. Received: {where!r}"
                )
            return ids.astype(np.uint8)
        pixels = np.repeat(value, 3, -1) if value.shape[-1] == 1 else value
        ids, distances = nearest_colors(pixels, self.colors)
        if distances.size and distances.max() > self.distance:
            furthest = np.unravel_index(distances.argmax(), distances.shape)
            raise ResourceError(
                f"{(distances > self.distance).mean():.1%} of a label map's pixels are further "
                f"than color_distance, {self.distance:g}, from every colour of input_colors: "
                f"{hex_of(pixels[furthest])} is {distances.max():.0f} from the nearest, "
                f"{hex_of(self.colors[ids[furthest]])}. Received: {where!r}"
            )
        return ids[..., None]

    def cached_shape(self, source_shape):
        return self.shape

    @property
    def cache_key(self):
        return f"/label map/{self.classes}/{self.colors}/{self.distance}"

    def prepared(self, value, shape, center_crop, fit):
        return fitted(value, shape, center_crop, fit, method="nearest")

    def finished(self, batch):
        return tf.cast(batch[..., 0], tf.int32)

    def drawn(self, value):
        return in_colors(value)
