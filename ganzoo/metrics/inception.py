"""The Inception network of 2015-12-05, on which FID, KID and the Inception Score are defined.

Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", arXiv:1512.00567, as in
the TensorFlow graph `classify_image_graph_def.pb` that Salimans et al. (arXiv:1606.03498) and
Heusel et al. (arXiv:1706.08500) took. It differs from `keras.applications.InceptionV3`, whose
scores are others:

* its weights are others, and it has 1008 classes;
* its convolutions' normalisation has a scale (gamma), epsilon 0.001;
* the pooling branch of its last block takes the maximum, where the others take the mean;
* the Inception Score takes its logits without the bias.

Its mean pooling leaves out the padding, as TensorFlow's does. Layers are named as in the file of
weights that the PyTorch packages share.
"""

import hashlib
import re
import shutil
import urllib.request
from pathlib import Path

import keras
import numpy as np
from keras import layers

from ganzoo.errors import InputError, ResourceError
from ganzoo.saving.cache_folder import cache_folder
from ganzoo.saving.files import written_atomically

SIDE = 299
CLASSES = 1008
WEIGHTS_URL = (
    "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/"
    "weights-inception-2015-12-05-6726825d.pth"
)


def inception(logits_bias: bool = False) -> keras.Model:
    """Returns the network, with weights drawn at random.

    Args:
        logits_bias: whether the logits have their bias; the Inception Score's do not.

    Returns:
        A model from `(batch, 299, 299, 3)`, pixels `(x - 128) / 128` of 0 to 255, to a dict:
        `features` `(batch, 2048)`, the mean over the last block's places, and `logits`
        `(batch, 1008)`.
    """
    inputs = keras.Input((SIDE, SIDE, 3), name="images")
    x = _convolution(inputs, "Conv2d_1a_3x3", 32, 3, 2, "valid")
    x = _convolution(x, "Conv2d_2a_3x3", 32, 3, padding="valid")
    x = _convolution(x, "Conv2d_2b_3x3", 64, 3)
    x = layers.MaxPooling2D(3, 2)(x)
    x = _convolution(x, "Conv2d_3b_1x1", 80, 1)
    x = _convolution(x, "Conv2d_4a_3x3", 192, 3, padding="valid")
    x = layers.MaxPooling2D(3, 2)(x)
    for letter, pooled in (("b", 32), ("c", 64), ("d", 64)):
        x = _block_35(x, f"Mixed_5{letter}", pooled)
    x = _reduction_to_17(x, "Mixed_6a")
    for letter, filters in (("b", 128), ("c", 160), ("d", 160), ("e", 192)):
        x = _block_17(x, f"Mixed_6{letter}", filters)
    x = _reduction_to_8(x, "Mixed_7a")
    x = _block_8(x, "Mixed_7b", layers.AveragePooling2D)
    x = _block_8(x, "Mixed_7c", layers.MaxPooling2D)
    features = layers.GlobalAveragePooling2D()(x)
    logits = layers.Dense(CLASSES, use_bias=logits_bias, name="fc")(features)
    return keras.Model(inputs, {"features": features, "logits": logits}, name="inception")


def load_inception_weights(network: keras.Model, state: dict[str, np.ndarray]) -> None:
    """Gives `inception()` its weights.

    Args:
        network: of `inception`.
        state: a state dict in PyTorch's layout, as `read_pth` returns it.

    Raises:
        InputError: if the weights are another network's.
    """
    found = []
    for layer in network.layers:
        if not layer.weights:
            continue
        names = ["weight", "bias", "running_mean", "running_var"][: len(layer.weights)]
        values = [state.get(f"{layer.name}.{name}", np.nan) for name in names]
        if isinstance(layer, layers.Conv2D) and np.ndim(values[0]) == 4:
            values[0] = values[0].transpose(2, 3, 1, 0)  # from OIHW to HWIO
        elif isinstance(layer, layers.Dense):
            values[0] = np.transpose(values[0])
        for name, value, variable in zip(names, values, layer.weights, strict=True):
            if np.shape(value) != tuple(variable.shape):
                raise InputError(
                    "These are not the weights of the Inception network of 2015-12-05: "
                    f"{layer.name}.{name} is missing or of another shape than "
                    f"{tuple(variable.shape)}. Received: {np.shape(value)}"
                )
        found.append((layer, values))
    for layer, values in found:
        layer.set_weights(values)


def inception_weights_file() -> Path:
    """Returns the file with the published weights, in the cache folder; downloads it if need be.

    Raises:
        ResourceError: if it is not there and cannot be downloaded, with what to fetch and where to
            put it; or if what is there is not that file.
    """
    path = cache_folder() / WEIGHTS_URL.rpartition("/")[2]
    if not path.exists():
        _download(WEIGHTS_URL, path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    # As PyTorch has it, a name ends in the first figures of the content's digest.
    expected = re.search(r"-([0-9a-f]{8})\.pth$", path.name)[1]
    if not digest.startswith(expected):
        raise ResourceError(
            f"The weights of the Inception network are damaged or others: their SHA-256 begins "
            f"with {digest[:8]}, not {expected}. Delete the file and fetch {WEIGHTS_URL} again. "
            f"Received: {str(path)!r}"
        )
    return path


def _download(url, path):
    try:
        with (
            written_atomically(path, explain=False) as temporary,
            urllib.request.urlopen(url, timeout=30) as response,
            temporary.open("wb") as file,
        ):
            shutil.copyfileobj(response, file)
    except OSError as error:
        raise ResourceError(
            f"The weights of the Inception network (91 MiB) cannot be downloaded: {error}. Fetch "
            f"{url} on a machine with a network and put it at the path received, or choose another "
            f"extractor. Received: {str(path)!r}"
        ) from error


def _convolution(x, name, filters, size, strides=1, padding="same"):
    x = layers.Conv2D(filters, size, strides, padding, use_bias=False, name=f"{name}.conv")(x)
    x = layers.BatchNormalization(epsilon=0.001, name=f"{name}.bn")(x)
    return layers.ReLU()(x)


def _chain(x, steps):
    """Convolutions one after the other: of each the name, the filters and the kernel's size."""
    for name, filters, size in steps:
        x = _convolution(x, name, filters, size)
    return x


def _pooled(x, name, filters, pooling=layers.AveragePooling2D):
    return _convolution(pooling(3, 1, "same")(x), f"{name}.branch_pool", filters, 1)


def _block_35(x, name, pooled):
    five, three = f"{name}.branch5x5", f"{name}.branch3x3dbl"
    return layers.Concatenate()(
        [
            _convolution(x, f"{name}.branch1x1", 64, 1),
            _chain(x, [(f"{five}_1", 48, 1), (f"{five}_2", 64, 5)]),
            _chain(x, [(f"{three}_1", 64, 1), (f"{three}_2", 96, 3), (f"{three}_3", 96, 3)]),
            _pooled(x, name, pooled),
        ]
    )


def _reduction_to_17(x, name):
    three = f"{name}.branch3x3dbl"
    double = _chain(x, [(f"{three}_1", 64, 1), (f"{three}_2", 96, 3)])
    return layers.Concatenate()(
        [
            _convolution(x, f"{name}.branch3x3", 384, 3, 2, "valid"),
            _convolution(double, f"{three}_3", 96, 3, 2, "valid"),
            layers.MaxPooling2D(3, 2)(x),
        ]
    )


def _block_17(x, name, filters):
    seven, double = f"{name}.branch7x7", f"{name}.branch7x7dbl"
    wide, high = (1, 7), (7, 1)
    once = [(f"{seven}_1", filters, 1), (f"{seven}_2", filters, wide), (f"{seven}_3", 192, high)]
    twice = [
        (f"{double}_1", filters, 1),
        (f"{double}_2", filters, high),
        (f"{double}_3", filters, wide),
        (f"{double}_4", filters, high),
        (f"{double}_5", 192, wide),
    ]
    return layers.Concatenate()(
        [
            _convolution(x, f"{name}.branch1x1", 192, 1),
            _chain(x, once),
            _chain(x, twice),
            _pooled(x, name, 192),
        ]
    )


def _reduction_to_8(x, name):
    three, seven = f"{name}.branch3x3", f"{name}.branch7x7x3"
    by_seven = [(f"{seven}_1", 192, 1), (f"{seven}_2", 192, (1, 7)), (f"{seven}_3", 192, (7, 1))]
    return layers.Concatenate()(
        [
            _convolution(_convolution(x, f"{three}_1", 192, 1), f"{three}_2", 320, 3, 2, "valid"),
            _convolution(_chain(x, by_seven), f"{seven}_4", 192, 3, 2, "valid"),
            layers.MaxPooling2D(3, 2)(x),
        ]
    )


def _block_8(x, name, pooling):
    three, double = f"{name}.branch3x3", f"{name}.branch3x3dbl"
    single = _convolution(x, f"{three}_1", 384, 1)
    doubled = _chain(x, [(f"{double}_1", 448, 1), (f"{double}_2", 384, 3)])
    return layers.Concatenate()(
        [
            _convolution(x, f"{name}.branch1x1", 320, 1),
            _convolution(single, f"{three}_2a", 384, (1, 3)),
            _convolution(single, f"{three}_2b", 384, (3, 1)),
            _convolution(doubled, f"{double}_3a", 384, (1, 3)),
            _convolution(doubled, f"{double}_3b", 384, (3, 1)),
            _pooled(x, name, 192, pooling),
        ]
    )
