"""Tiny models and their exports, each made once: to trace signatures takes seconds."""

import keras
import pytest
import tensorflow as tf

from ganzoo import create_model

TINY = {
    "gan": {"image_shape": (4, 6, 1), "latent_dim": 4, "generator_units": 8, "maxout_units": 4},
    "dcgan": {"image_shape": (8, 8, 3), "latent_dim": 4, "filters": 2},
    "cgan": {
        "image_shape": (8, 8, 1), "num_classes": 3, "latent_dim": 4,
        "generator_units": (3, 5, 8), "maxout_units": (4, 2, 4),
    },
    "pix2pix": {
        "image_shape": (8, 16, 3), "input_channels": 1, "filters": 2, "receptive_field": 16,
    },
    "cyclegan": {"image_shape": (24, 28, 3), "filters": 2, "blocks": 1, "pool_size": 5},
}  # fmt: skip


def tiny_model(name, **arguments):
    """A model whose images vary with its inputs, as those of new weights hardly do."""
    keras.utils.set_random_seed(0)
    model = create_model(name, **TINY[name], **arguments)
    for variable in model.generator_variables:
        variable.assign(variable * 4.0)
    return model


class Exports:
    """Exports of tiny models by name, made when they are first asked for."""

    def __init__(self, folder):
        self.folder = folder
        self._made = {}

    def __call__(self, name, jit_compile=False):
        """Returns a model, its export's folder, and its signatures."""
        key = name, jit_compile
        if key not in self._made:
            model = tiny_model(name)
            path = self.folder / f"{name}-{jit_compile}"
            model.export(path, jit_compile=jit_compile)
            self._made[key] = model, path, tf.saved_model.load(path)
        model, path, loaded = self._made[key]
        return model, path, lambda signature, **inputs: asked(loaded, signature, inputs)


def asked(loaded, signature, inputs):
    function = loaded.signatures[signature]
    specs = function.structured_input_signature[1]
    tensors = {name: tf.convert_to_tensor(inputs[name], specs[name].dtype) for name in inputs}
    return {name: value.numpy() for name, value in function(**tensors).items()}


@pytest.fixture(scope="session")
def exports(tmp_path_factory):
    return Exports(tmp_path_factory.mktemp("exports"))
