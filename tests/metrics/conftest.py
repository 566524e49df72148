"""Weights for the Inception network by a rule, so that another package can have the same."""

import zlib

import numpy as np
import pytest


def weights_by_rule(name, shape):
    """Values of a weight in PyTorch's layout, that depend on its name; features are about 2."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    if name.endswith("running_var"):
        return random.uniform(0.5, 1.5, shape).astype(np.float32)
    if name.endswith("bn.weight"):
        return random.uniform(0.8, 1.2, shape).astype(np.float32)
    spread = 0.1 if len(shape) == 1 else np.sqrt(2 / np.prod(shape[1:]))
    return (spread * random.standard_normal(shape)).astype(np.float32)


@pytest.fixture(scope="session")
def inception_and_state():
    """The Inception network, its logits with their bias, and weights for it."""
    from ganzoo.metrics.inception import inception, load_inception_weights

    network, state = inception(logits_bias=True), {}
    for layer in network.layers:
        names = ["weight", "bias", "running_mean", "running_var"]
        for name, variable in zip(names, layer.weights, strict=False):
            shape = tuple(variable.shape)
            shape = {4: shape[3:] + shape[2:3] + shape[:2], 2: shape[::-1]}.get(len(shape), shape)
            state[f"{layer.name}.{name}"] = weights_by_rule(f"{layer.name}.{name}", shape)
    load_inception_weights(network, state)
    return network, state
