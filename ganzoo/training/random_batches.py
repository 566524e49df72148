"""A batch of random examples in the shapes of a model, for what needs no real ones."""

import tensorflow as tf

from ganzoo import batch_formats
from ganzoo.config.config import Config
from ganzoo.data.settings import DataSettings
from ganzoo.models.base import GANModel


def random_batch(config: Config, model: GANModel) -> tuple[tf.Tensor, ...]:
    """Returns what `train_step` takes, each part as its kind is drawn at random.

    Args:
        config: of the model; it states the size of a batch.
        model: made of it.
    """
    data = DataSettings(**config.arguments(DataSettings), shuffle=True)
    declared = batch_formats.batch_format(model.batch_format).with_settings(data)
    size = data.batch_size * model.batches_per_step
    return tuple(
        part.kind.random((size, *model.example_shapes[part.name]), (0, place))
        for place, part in enumerate(declared.parts)
    )
