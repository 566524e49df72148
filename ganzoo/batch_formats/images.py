"""Pictures as parts of a batch: what all have in common, and images."""

import logging
import os
from dataclasses import dataclass, replace

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats.kinds import Kind
from ganzoo.errors import InputError
from ganzoo.images.files import read_image
from ganzoo.images.fitting import fitted
from ganzoo.images.label_maps import hex_of, parse_color
from ganzoo.images.ranges import WHITE, from_uint8, on_background, quantize

logger = logging.getLogger(__name__)
_CHECKED_AT_ONCE = 256


class Picture(Kind):
    """What has uint8 pixels `(height, width, channels)` in the cache."""

    is_picture = True
    cached_type = np.uint8
    background = WHITE  # behind what is transparent

    def check_source(self, shape: tuple[int | None, ...], where: str) -> None:
        """Raises InputError for a source whose examples have a shape that this cannot be made of.

        Args:
            shape: that the source states.
            where: what messages call it.
        """

    def check_channels(self, channels: int, where: str) -> None:
        """Raises InputError for picture files of so many channels, 1 or 3, that cannot be this."""

    def read_file(self, path: str | os.PathLike) -> np.ndarray:
        """Returns a picture file as a source has it, uint8 `(height, width, channels)`.

        Raises:
            ResourceError: if it cannot be read as this kind.
        """
        return read_image(path, self.background)

    def drawn(self, value: tf.Tensor) -> tf.Tensor:
        """Returns an example of a source, or of the cache, as a uint8 image of 1 or 3 channels.

        Of another number of channels it shows the first.
        """
        image = tf.image.convert_image_dtype(value, tf.uint8)
        if image.shape[-1] == 4:
            return on_background(image, self.background)
        return image if image.shape[-1] == 3 else image[..., :1]

    def size(self, cached_shape):
        return cached_shape[:2]

    def cropped_shape(self, cached_shape, height, width):
        return (height, width, cached_shape[-1])

    def gathered(self, array, indices, top, left, mirrored, height, width):
        if array.shape[1:3] == (height, width) and not mirrored.any():
            return array[indices]
        # With a pixel as one element, mirroring copies a pixel at a time and not a byte.
        pixels = array.view(f"V{array.shape[-1]}")[..., 0]
        crops = np.empty((len(indices), height, width), pixels.dtype)
        for number, (index, y, x) in enumerate(zip(indices, top, left, strict=True)):
            crop = pixels[index, y : y + height, x : x + width]
            crops[number] = crop[:, ::-1] if mirrored[number] else crop
        return crops[..., None].view(np.uint8)

    def cropped(self, value, top, left, mirrored, height, width):
        if value.shape[:2] != (height, width):
            value = value[top : top + height, left : left + width]
            value = tf.ensure_shape(value, (height, width, value.shape[-1]))
        return tf.cond(mirrored, lambda: tf.reverse(value, [1]), lambda: value)


@dataclass(frozen=True)
class Images(Picture):
    """Images: float32 in [-1, 1], `(batch, height, width, channels)`.

    A source has them as `(height, width, channels)`, uint8 or of a type that is scaled by its
    range; an array as uint8 or floats in [-1, 1]. Grey becomes colour, and colour grey; a fourth
    channel is opacity; any other number of channels is left as it is.

    Args:
        channels_setting: the setting that states their channels, where it is not None; otherwise
            they have those of `image_shape`.
        shape: in the cache, which `with_settings` determines.
        background: the colour behind what is transparent, which it determines too.
    """

    channels_setting: str = ""
    shape: tuple[int, int, int] | None = None
    background: tuple[int, int, int] = WHITE

    def with_settings(self, settings):
        own = getattr(settings, self.channels_setting) if self.channels_setting else None
        shape = (*settings.cached_size, own or settings.image_shape[-1])
        return replace(self, shape=shape, background=parse_color(settings.background))

    @property
    def cache_key(self):
        return "" if self.background == WHITE else f"on {hex_of(self.background)}"

    def example_shape(self, image_shape):
        return tuple(image_shape)

    def check(self, tensor):
        if not tensor.dtype.is_floating:
            raise InputError(f"Images are float32 in [-1, 1]. Received: {tensor.dtype.name}")

    def random(self, shape, seed):
        return tf.random.stateless_uniform(shape, seed, -1.0, 1.0)

    @property
    def _channels(self):
        """The numbers of channels that it can be made of."""
        is_usual = self.shape is None or self.shape[-1] in (1, 3)
        return (1, 3, 4) if is_usual else (self.shape[-1],)

    @property
    def _channels_text(self):
        return "1, 3 or 4" if len(self._channels) == 3 else f"{self._channels[0]}"

    def check_source(self, shape, where):
        if shape[-1] not in self._channels:
            raise InputError(
                f"Images must have {self._channels_text} channels, to have {self.shape[-1]} in "
                f"batches. Received: {shape[-1]} in {where!r}"
            )

    def check_array(self, name, array):
        if array.ndim != 4 or array.shape[-1] not in self._channels:
            raise InputError(
                f"{name} must be (count, height, width, {self._channels_text}). "
                f"Received: {array.shape}"
            )
        _check_image_type(name, array.dtype)
        if array.dtype != np.uint8:
            self.check_values(name, array)

    def check_values(self, name, array):
        if len(array) == 0 or array.dtype.kind != "f":
            return
        starts = range(0, len(array), _CHECKED_AT_ONCE)
        lowest = np.min([array[start : start + _CHECKED_AT_ONCE].min() for start in starts])
        highest = np.max([array[start : start + _CHECKED_AT_ONCE].max() for start in starts])
        if not (lowest >= -1 and highest <= 1):
            raise InputError(
                f"Floats must be in [-1, 1]; give levels of 0 to 255 as uint8. "
                f"Received: {name} from {lowest:g} to {highest:g}"
            )
        if lowest >= 0:
            logger.warning("No value in %s is below 0; if 0 is black, take 2 x - 1", name)

    def check_spec(self, name, spec):
        shape = getattr(spec, "shape", None)
        if shape is None or shape.rank != 3 or shape[-1] not in self._channels:
            raise InputError(
                f"{name} must be (height, width, {self._channels_text}), unbatched. "
                f"Received: {spec}"
            )
        _check_image_type(name, spec.dtype)

    def from_array(self, value):
        return quantize(value)

    def cached_shape(self, source_shape):
        return self.shape

    def prepared(self, value, shape, center_crop, fit):
        return fitted(value, shape, center_crop, fit, background=self.background)

    def finished(self, batch):
        return from_uint8(batch)


def _check_image_type(name, dtype):
    if dtype not in (tf.uint8, tf.float16, tf.bfloat16, tf.float32, tf.float64):
        raise InputError(
            f"Images are uint8 in 0 to 255 or floats in [-1, 1]. Received: {name} of {dtype.name}"
        )
