"""Feature extractors by name.

FID, KID, precision and recall compare images by the features that a network extracts. The values
depend on the network, so an extractor has a name and a digest of its weights, which results hold.
"""

import hashlib
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from ganzoo.errors import ResourceError, unknown
from ganzoo.metrics.garments import garment_classifier, load_garments_weights
from ganzoo.metrics.inception import SIDE, inception, inception_weights_file, load_inception_weights
from ganzoo.metrics.resizing import resizer
from ganzoo.saving.files import check_keras_file, path_of
from ganzoo.saving.pth import read_pth


@dataclass(frozen=True)
class Extractor:
    """A network that extracts features from images.

    Attributes:
        name: its name in results.
        digest: of its weights, 16 hexadecimal digits; None of a function, whose weights are not
            known, and of a model without any.
        resize: how images are resized for the network; None if it takes them as they are.
        network: from uint8 `(batch, height, width, 3)` to a dict with `features`
            `(batch, dimensions)` and, of a classifier, `logits` `(batch, classes)`.
    """

    name: str
    digest: str | None
    resize: str | None
    network: Callable[[np.ndarray], dict]

    @property
    def protocol(self) -> dict:
        """The extractor's part of a result's protocol."""
        return {"extractor": self.name, "digest": self.digest, "resize": self.resize}


def open_extractor(
    extractor: str | os.PathLike | Callable = "inception",
    resize: str = "antialiased",
    weights: str | os.PathLike | None = None,
) -> Extractor:
    """Returns a feature extractor.

    Args:
        extractor: `"inception"`, the network of the published scores; `"garments"`, a small one
            for Fashion-MNIST that comes with ganzoo (`metrics.garments`); a classifier of
            `keras.applications`, such as `"VGG16"`, whose features are its last layer's inputs;
            a `.keras` file; or a function or model. The last two get float32 images in [-1, 1],
            `(batch, height, width, channels)`, 3 channels unless the model says 1, and return
            features `(batch, dimensions)` or a dict of `features` and `logits`.
        resize: `"antialiased"`, as clean-fid has it, or `"legacy"`, TensorFlow 1's. Images go as
            they are to a function, and to a model of no fixed size.
        weights: of `"inception"`, the PyTorch file, and of `keras.applications`, Keras's file,
            instead of the published one, which is downloaded unless it is in the cache.

    Raises:
        InputError: if there is no such extractor or resize, or it has no features.
        ResourceError: if a file is missing or cannot be downloaded, with what to fetch from where,
            and where to put it.
    """
    resizer(resize)
    weights = weights and path_of(weights)
    if weights is not None and not weights.is_file():
        raise ResourceError(f"There is no file with weights there. Received: {str(weights)!r}")
    if isinstance(extractor, keras.Model):
        return _of_model(extractor, extractor.name, resize)
    if callable(extractor):
        name = getattr(extractor, "__name__", type(extractor).__name__)
        return Extractor(name, None, None, lambda images: _named(extractor(_to_float(images))))
    name = os.fspath(extractor)
    if name.endswith(".keras"):
        path = path_of(name)
        if not path.is_file():
            raise ResourceError(f"There is no such model. Received: {name!r}")
        check_keras_file(path)
        return _of_model(keras.models.load_model(path, compile=False), path.name, resize)
    if name == "inception":
        network = _in_float32(inception)
        load_inception_weights(network, read_pth(weights or inception_weights_file()))
        return _of_network(network, name, resize, (SIDE, SIDE), lambda x: (x - 128.0) / 128.0)
    if name == "garments":
        network = _in_float32(garment_classifier)
        load_garments_weights(network)
        return _of_model(network, name, resize)
    return _of_application(name, resize, weights)


def _of_application(name, resize, weights):
    builders = {
        builder.__name__.lower(): builder
        for builder in vars(keras.applications).values()
        if inspect.isfunction(builder)
    }
    if name.lower() not in builders:
        names = sorted(builder.__name__ for builder in builders.values())
        raise unknown("feature extractor", name, ["inception", "garments", *names])
    build = builders[name.lower()]
    name = build.__name__
    module = getattr(keras.applications, build.__module__.rpartition(".")[2])
    source = "imagenet" if weights is None else os.fspath(weights)
    try:
        network = _in_float32(
            lambda: _with_features(build(weights=source, classifier_activation=None))
        )
    except Exception as error:  # Keras raises a bare one
        if "URL fetch failure" not in str(error):
            raise
        folder = path_of(os.environ.get("KERAS_HOME") or "~/.keras") / "models"
        raise ResourceError(
            f"The weights of {name} cannot be downloaded: {error}. Fetch that file on a machine "
            f"with a network and put it into the folder received. Received: '{folder}'"
        ) from error
    return _of_network(network, name, resize, network.input_shape[1:3], module.preprocess_input)


def _with_features(network):
    """Returns a classifier with two outputs: its last layer's inputs, and its logits."""
    last = next(layer for layer in reversed(network.layers) if layer.weights)
    outputs = {
        "features": keras.layers.Flatten()(last.input),
        "logits": keras.layers.Flatten()(network.output),
    }
    return keras.Model(network.input, outputs, name=network.name)


def _of_model(model, name, resize):
    """Returns the extractor of a user's own model."""
    shape = getattr(model, "input_shape", (None, None, None, 3))
    size = tuple(shape[1:3]) if None not in shape[1:3] else None
    grey = shape[-1] == 1

    def prepare(images):
        images = images / 127.5 - 1.0
        return tf.image.rgb_to_grayscale(images) if grey else images

    return _of_network(model, name, resize, size, prepare)


def _of_network(network, name, resize, size, prepare):
    @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.uint8)])
    def outputs(images):
        images = tf.cast(images, tf.float32)
        if size is not None:
            images = resizer(resize)(images, size)
        return _named(network(prepare(images), training=False))

    digest = hashlib.sha256()
    for values in network.get_weights():
        digest.update(f"{values.shape}".encode() + values.tobytes())
    digest = digest.hexdigest()[:16] if network.weights else None
    return Extractor(name, digest, resize if size else None, outputs)


def _named(outputs):
    return outputs if isinstance(outputs, dict) else {"features": outputs}


def _to_float(images):
    return images.astype(np.float32) / 127.5 - 1.0


def _in_float32(build):
    """Returns a network in float32, whatever policy the process has for its models."""
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        return build()
    finally:
        keras.config.set_dtype_policy(policy)
