"""What every test starts from: a quiet TensorFlow, a cache folder of its own, the same seed.

And tiny models with their exports, each made once: to trace signatures takes seconds.
"""

import contextlib
import ctypes
import functools
import gc
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # before anything imports TensorFlow

import keras
import pytest
import tensorflow as tf

from ganzoo import create_model
from ganzoo.data import caching
from ganzoo.models import GANModel, compiling

TINY = {
    "gan": {"image_shape": (4, 6, 1), "latent_dim": 4, "generator_units": 8, "maxout_units": 4},
    "dcgan": {"image_shape": (8, 8, 3), "latent_dim": 4, "filters": 2},
    "cgan": {
        "image_shape": (8, 8, 1), "num_classes": 3, "latent_dim": 4,
        "generator_units": (3, 5, 8), "maxout_units": (4, 2, 4),
    },
    "cdcgan": {"image_shape": (8, 8, 1), "num_classes": 3, "latent_dim": 4, "filters": 2},
    "dragan": {"image_shape": (4, 6, 1), "latent_dim": 4, "units": 8},
    "anime_gan": {
        "image_shape": (8, 8, 1), "num_classes": 3, "latent_dim": 4, "filters": 2, "blocks": 1,
        "shuffles": 1, "discriminator_filters": 2,
        "discriminator_blocks": 1,
    },
    "pix2pix": {
        "image_shape": (8, 16, 3), "input_channels": 1, "filters": 2, "receptive_field": 16,
    },
    "cyclegan": {"image_shape": (24, 28, 3), "filters": 2, "blocks": 1, "pool_size": 5},
}  # fmt: skip


@pytest.fixture(autouse=True)
def same_start(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("GANZOO_CACHE", raising=False)
    keras.utils.set_random_seed(0)


# What has been imported lives to the end: collections need not look at it, a million objects.
gc.collect()
gc.freeze()

# XLA takes 5 to 25 s, and 200 MB for good, for a step of dense layers, for which `compile` asks by
# itself. In tests it does so where they are marked `xla`; `jit_compile=True` means what it says.
as_outside_of_tests = compiling.xla_compiles_step
compiling.xla_compiles_step = lambda model, jit_compile: model.jit_compile


@pytest.fixture(autouse=True)
def xla_where_it_is_asked_for(request, monkeypatch):
    if "xla" in request.keywords:
        monkeypatch.setattr(compiling, "xla_compiles_step", as_outside_of_tests)


# To resize the 8,000 embedded images takes a second, for each of many tests that train on them.
as_read_each_time, embedded_once = caching._in_memory, {}


def in_memory(source, preprocessing, skip_bad):
    if not (source.identity or "").startswith("sample/"):
        return as_read_each_time(source, preprocessing, skip_bad)
    key = source.identity, source.name, repr(preprocessing)
    if key not in embedded_once:
        embedded_once[key] = as_read_each_time(source, preprocessing, skip_bad)
    return embedded_once[key]


caching._in_memory = in_memory


@pytest.fixture(scope="session")
def eagerly():
    """A context in which models are compiled to run eagerly: to trace a step takes seconds."""

    @contextlib.contextmanager
    def context():
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(GANModel.compile.__kwdefaults__, "run_eagerly", True)
            yield

    return context


@pytest.fixture(autouse=True)
def eagerly_where_it_is_asked_for(request, eagerly):
    with eagerly() if "eager" in request.keywords else contextlib.nullcontext():
        yield


@pytest.fixture(autouse=True, scope="module")
def memory_of_a_module_is_given_back():
    """So that a worker of the suite stays under 2.5 GiB: models are circles of objects."""
    yield
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


@pytest.fixture(scope="session")
def varied():
    """Makes a model's weights larger: the images of new ones hardly vary with their latents."""

    def enlarge(model, factor=20.0):
        for variable in model.trainable_variables:
            variable.assign(factor * variable)
        return model

    return enlarge


@pytest.fixture(scope="session")
def tiny_model(varied):
    """Makes a tiny model by name, whose images vary with its inputs."""

    def make(name, **arguments):
        keras.utils.set_random_seed(0)
        return varied(create_model(name, **TINY[name], **arguments), 4.0)

    return make


def asked(loaded, signature, **inputs):
    function = loaded.signatures[signature]
    specs = function.structured_input_signature[1]
    tensors = {name: tf.convert_to_tensor(inputs[name], specs[name].dtype) for name in inputs}
    return {name: value.numpy() for name, value in function(**tensors).items()}


@pytest.fixture(scope="session")
def exports(tmp_path_factory, tiny_model):
    """Returns a tiny model by name, its export's folder, and what asks a signature of that."""
    folder = tmp_path_factory.mktemp("exports")

    def export(name, jit_compile=False):
        return made_once(name, jit_compile)

    @functools.cache
    def made_once(name, jit_compile):
        model, path = tiny_model(name), folder / f"{name}-{jit_compile}"
        model.export(path, jit_compile=jit_compile)
        return model, path, functools.partial(asked, tf.saved_model.load(path))

    return export
