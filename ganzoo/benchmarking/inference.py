"""How fast an exported model generates images."""

import functools
import tempfile

import tensorflow as tf

from ganzoo.benchmarking.steps import compiled, finished
from ganzoo.benchmarking.timing import alternate
from ganzoo.config.config import Config


def measure(config: Config, rounds: int) -> dict[str, float]:
    """Returns the `images_per_second` of the exported model, at the config's batch size."""
    model, _ = compiled(config, "paper")
    with tempfile.TemporaryDirectory() as folder:
        model.export(f"{folder}/model")
        exported = tf.saved_model.load(f"{folder}/model").signatures["serving_default"]
        inputs = {
            name: tf.zeros([config.values["batch_size"], *spec.shape[1:]], spec.dtype)
            if spec.shape.rank == 1
            else tf.random.stateless_uniform(
                [config.values["batch_size"], *_sides(spec.shape, config)], (0, 0), -1.0, 1.0
            )
            for name, spec in exported.structured_input_signature[1].items()
        }
        call = functools.partial(finished, lambda x: exported(**x), inputs)
        call()
        seconds = alternate({"export": call}, rounds)["export"].median
    return {"images_per_second": config.values["batch_size"] / seconds}


def _sides(shape, config):
    """Returns a signature's dimensions after the first; free ones are those of the images."""
    image_shape = config.values["image_shape"]
    return [image_shape[place] if size is None else size for place, size in enumerate(shape[1:])]
