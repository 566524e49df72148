"""A batch of random images in the shapes of a config, for what needs no real ones."""

import tensorflow as tf

from ganzoo import registry
from ganzoo.config.config import Config


def random_batch(config: Config) -> tuple[tf.Tensor, ...]:
    """Returns a batch as `train_step` of the config's model takes it, U(-1, 1) for images."""
    batch_format = registry.model_class(config.model).batch_format
    values = config.values
    image_shape, size = tuple(values["image_shape"]), values["batch_size"]
    shapes = [image_shape] * (2 if batch_format in ("paired", "unpaired") else 1)
    if values.get("input_channels") is not None:
        shapes[0] = (*image_shape[:2], values["input_channels"])
    batch = [
        tf.random.stateless_uniform((size, *shape), (0, place), -1.0, 1.0)
        for place, shape in enumerate(shapes)
    ]
    if batch_format == "labelled":
        batch.append(tf.zeros(size, tf.int32))
    return tuple(batch)
