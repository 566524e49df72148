"""Noise and order as pure functions of (seed, stream, step, position in the global batch)."""

from ganzoo.randomness.noise import (
    example_keys,
    key,
    normal,
    normal_by_seed,
    replicated_uniform,
    seed_initializers,
    uniform,
    uniform_by_index,
    uniform_by_key,
    uniform_by_seed,
)
from ganzoo.randomness.order import shuffled

__all__ = [
    "example_keys",
    "key",
    "normal",
    "normal_by_seed",
    "replicated_uniform",
    "seed_initializers",
    "shuffled",
    "uniform",
    "uniform_by_index",
    "uniform_by_key",
    "uniform_by_seed",
]
