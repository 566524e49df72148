"""The networks of an exported page: ours, or as ONNX, and which of them a browser can compute."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ganzoo import serving
from ganzoo.errors import InputError
from ganzoo.web.network import Network, browser_network

MOST_OPERATIONS = 500 * 10**6  # for an image: a second or two in a browser
INPUTS = {"latents", "labels", "attributes", "keys", "images", "dropout_keys"}


def _names(model):
    """Returns the name on the page of each endpoint of floats that makes images."""
    if hasattr(model, "latents_of_seeds"):
        return {"serving_default": "samples"}
    return {
        "serving_default" if number == 0 else f"serving_{direction}": direction
        for number, direction in enumerate(model.directions)
    }


def write_onnx_networks(model, folder: Path) -> dict[str, dict]:
    """Writes the networks as ONNX, proven, and returns what the page is told of them.

    Args:
        model: a `GANModel` that samples or translates.
        folder: of the page.
    """
    networks, endpoints = {}, serving.live_endpoints(model)
    for endpoint, name in _names(model).items():
        file = f"{name}.onnx"
        model.export(folder / file, "onnx", endpoint=endpoint)
        types = {spec.name: spec.dtype.name for spec in endpoints[endpoint].inputs}
        networks[name] = {"file": file, "inputs": types}
    return networks


def own_networks(model) -> dict[str, Network]:
    """Returns the networks by name, with float16 kernels where these show nothing.

    Args:
        model: a `GANModel` that samples or translates, in float32.

    Raises:
        InputError: if the page's own JavaScript cannot compute one, or not fast enough.
    """
    samplers = model.samplers[: len(_names(model))]
    kernel_type = np.float16 if _is_close_in_halves(model) else np.float32
    networks = {}
    for name, network in zip(_names(model).values(), samplers, strict=True):
        if unknown := {each.name for each in network.inputs} - INPUTS:
            raise InputError(
                "The page's own JavaScript gives a network latents, labels or images; name a "
                f"folder of onnxruntime-web, `--runtime DIR`. Received: {', '.join(unknown)}"
            )
        networks[name] = browser_network(network, model.image_shape, kernel_type)
        if (count := networks[name].operations) > MOST_OPERATIONS:
            raise InputError(
                "The page's own JavaScript is for networks of at most "
                f"{MOST_OPERATIONS // 10**6} million multiplications an image; name a folder of "
                f"onnxruntime-web, `--runtime DIR`. Received: {count // 10**6} million"
            )
    return networks


def _is_close_in_halves(model):
    """Whether float16 kernels change no pixel of the endpoints' examples by more than a level."""
    rounded = []
    for network in model.samplers:
        twin = keras.models.clone_model(network)
        # A kernel that float16 cannot hold becomes infinite, and no pixel of it is close.
        with np.errstate(over="ignore"):
            twin.set_weights([
                np.float32(np.float16(each)) if each.ndim > 1 else each
                for each in network.get_weights()
            ])  # fmt: skip
        rounded.append(twin)
    exact, halves = model.export_endpoints(model.samplers), model.export_endpoints(rounded)
    for endpoint in _names(model):
        examples = tf.nest.map_structure(tf.constant, exact[endpoint].examples(8))
        first, second = (
            next(iter(each[endpoint].function(**examples).values())).numpy()
            for each in (exact, halves)
        )
        if not np.abs(first - second).max() <= 1 / 255:  # NaN neither
            return False
    return True


def most_pixels(model, networks: dict[str, Network]) -> int:
    """Returns how many pixels a picture may have: what takes four times the most operations.

    Args:
        model: that translates; of others it says nothing.
        networks: as `own_networks` returns them.
    """
    height, width, _ = model.image_shape
    operations = max(1, *(each.operations for each in networks.values()))
    return max(height * width, 4 * MOST_OPERATIONS * height * width // operations)
