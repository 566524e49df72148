"""Noise is a function of (seed, stream, step, position in the global batch), and is noise."""

import math
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import randomness
from ganzoo.errors import InputError
from ganzoo.randomness.bits import uniform_of_bits

MANY = 100_000


def normal(seed=0, stream="latents", step=5, shape=(4, 3)):
    return randomness.normal(shape, randomness.key(seed, stream, step)).numpy()


def order(size, seed=0, epoch=0):
    positions = tf.range(size, dtype=tf.int64)
    return randomness.shuffled(positions, size, randomness.key(seed, "order", epoch)).numpy()


def uniform(indices, seed=0, stream="flip"):
    return randomness.uniform_by_index(seed, stream, tf.constant(indices, tf.int64)).numpy()


def correlation(a, b):
    return np.corrcoef(a, b)[0, 1]


def test_the_same_key_draws_the_same_noise():
    np.testing.assert_array_equal(normal(), normal())


@pytest.mark.parametrize("other", [{"seed": 1}, {"stream": "real"}, {"step": 6}])
def test_another_seed_stream_or_step_draws_other_noise(other):
    assert not np.isin(normal(**other), normal()).any()


def test_pythons_and_keras_global_seeds_do_not_enter():
    tf.random.set_seed(1)
    first = normal()
    tf.random.set_seed(2)
    np.testing.assert_array_equal(normal(), first)


def test_the_step_may_be_a_python_number_or_a_tensor_of_any_type():
    expected = randomness.key(3, "latents", 7).numpy()
    assert expected.dtype == np.int64
    assert expected.shape == (2,)
    for dtype in (tf.int32, tf.int64, tf.float64):
        key = randomness.key(3, "latents", tf.constant(7, dtype))
        np.testing.assert_array_equal(key, expected)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_numpy_cannot_take_is_refused(seed):
    with pytest.raises(InputError, match=rf"must be in 0 to 2\^32 - 1\. Received: {seed}$"):
        randomness.seed_initializers(seed)


def test_initial_weights_are_a_function_of_the_seed():
    def weights(seed):
        randomness.seed_initializers(seed)
        return keras.initializers.RandomNormal()((4, 4)).numpy()

    np.testing.assert_array_equal(weights(2**32 - 1), weights(2**32 - 1))
    assert not np.isin(weights(1), weights(0)).any()


def test_noise_is_standard_normal():
    noise = normal(shape=(MANY, 1))
    assert noise.dtype == np.float32
    assert abs(noise.mean()) < 0.02
    assert abs(noise.std() - 1) < 0.02
    assert abs((np.abs(noise) < 1).mean() - 0.6827) < 0.01


def test_a_shape_may_be_a_tensor():
    np.testing.assert_array_equal(normal(shape=tf.constant([4, 3])), normal())


def test_a_graph_draws_what_eager_code_draws():
    drawn = tf.function(lambda step: randomness.normal((4, 3), randomness.key(0, "latents", step)))
    np.testing.assert_array_equal(drawn(tf.constant(5, tf.int64)), normal())


@pytest.mark.slow  # of what is trained on them, tests/training/distributed says the same
def test_replicas_together_draw_what_one_device_draws():
    # Devices are divided before TensorFlow starts, hence a process of its own.
    code = """
import numpy as np, tensorflow as tf
from ganzoo import randomness
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
draw = lambda shape: randomness.normal(shape, randomness.key(3, "latents", 7))
keys = lambda count: randomness.example_keys(count, randomness.key(3, "dropout", 7))
cases = [(draw, (3, 5), (6, 5)), (draw, tf.constant([3, 5]), (6, 5)), (keys, 3, 6)]
for draw, half, whole in cases:
    run = tf.function(lambda shape: strategy.run(draw, (shape,)))
    replicas = strategy.experimental_local_results(run(half))
    assert len(replicas) == 2
    np.testing.assert_array_equal(np.concatenate(replicas), draw(whole))
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_a_seed_gives_the_same_latents_whatever_it_is_drawn_with():
    together = randomness.normal_by_seed([5, 6, 7], 4).numpy()
    assert together.shape == (3, 4)
    assert together.dtype == np.float32
    np.testing.assert_array_equal(randomness.normal_by_seed([7, 5], 4), together[[2, 0]])
    np.testing.assert_array_equal(randomness.normal_by_seed([6], 4), together[[1]])


def test_noise_of_seeds_is_what_tensorflow_draws_from_their_keys():
    seeds = [0, 1, 2**31, 2**32 + 7, 2**63 - 1, -3]
    for size in (1, 3, 4, 101):
        keys = [randomness.key(0, "by_seed", tf.constant(seed, tf.int64)) for seed in seeds]
        uniform = np.stack([randomness.uniform([size], key) for key in keys])
        np.testing.assert_array_equal(randomness.uniform_by_seed(seeds, size), uniform)
        normal = np.stack([randomness.normal([size], key) for key in keys])
        np.testing.assert_allclose(randomness.normal_by_seed(seeds, size), normal, atol=1e-6)


def test_a_seeds_noise_is_the_same_to_the_last_bit_in_any_batch():
    together = randomness.normal_by_seed(np.arange(50), 7).numpy()
    for count in (1, 3, 17):
        np.testing.assert_array_equal(
            randomness.normal_by_seed(np.arange(count), 7), together[:count]
        )


def test_latents_of_neighbouring_seeds_have_nothing_in_common():
    latents = randomness.normal_by_seed(np.arange(100), 100).numpy()
    assert abs(latents.mean()) < 0.04
    assert abs(latents.std() - 1) < 0.03
    assert abs(correlation(latents[1:].ravel(), latents[:-1].ravel())) < 0.04


@pytest.mark.parametrize("size", [1, 2, 3, 5, 10, 257, 8000, 65536, 65537, 262145])
def test_shuffled_positions_are_a_permutation(size):
    np.testing.assert_array_equal(np.sort(order(size)), np.arange(size))


def test_a_part_of_the_positions_is_shuffled_as_it_would_be_with_the_rest():
    key = randomness.key(0, "order", 0)
    part = randomness.shuffled(tf.range(40, 60, dtype=tf.int64), 100, key)
    assert part.dtype == tf.int64
    np.testing.assert_array_equal(part, order(100)[40:60])


@pytest.mark.parametrize("size", [8000, 65537])
def test_an_order_has_nothing_to_do_with_its_neighbours_nor_with_other_epochs_and_seeds(size):
    first = order(size)
    bound = 5 / np.sqrt(size)
    assert abs(correlation(first, np.arange(size))) < bound
    assert abs(correlation(first[1:], first[:-1])) < bound
    for other in (order(size, epoch=1), order(size, seed=1)):
        assert abs(correlation(first, other)) < bound
        assert (first == other).mean() < 0.01


def test_uniform_noise_fills_zero_to_one_evenly():
    draws = uniform(np.arange(MANY))
    assert draws.dtype == np.float32
    assert draws.min() >= 0
    assert draws.max() < 1
    counts, _ = np.histogram(draws, bins=10, range=(0, 1))
    # Chi-squared with 9 degrees of freedom; 27.9 is exceeded once in a thousand seeds.
    assert ((counts - MANY / 10) ** 2 / (MANY / 10)).sum() < 27.9


def test_uniform_noise_depends_on_its_own_index_only():
    draws = uniform(np.arange(10))
    np.testing.assert_array_equal(uniform([7]), draws[[7]])
    np.testing.assert_array_equal(uniform([9, 0, 0]), draws[[9, 0, 0]])


def test_uniform_noise_of_neighbours_seeds_and_streams_is_uncorrelated():
    draws = uniform(np.arange(MANY))
    bound = 5 / np.sqrt(MANY)
    assert abs(correlation(draws[1:], draws[:-1])) < bound
    assert abs(correlation(draws, uniform(np.arange(MANY), seed=1))) < bound
    assert abs(correlation(draws, uniform(np.arange(MANY), stream="crop"))) < bound


def test_uniform_noise_of_large_indices_is_as_even():
    draws = uniform(2**40 + np.arange(MANY))
    assert abs(draws.mean() - 0.5) < 0.01
    assert abs(draws.std() - 12**-0.5) < 0.01


def test_uniform_noise_is_splitmix64():
    mask = 2**64 - 1
    stream_seed = randomness.key(0, "flip", 0).numpy()[0].item() << 32

    def splitmix64(index):
        z = (index + stream_seed) * 0x9E3779B97F4A7C15 & mask
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        return ((z ^ z >> 31) >> 40) / 2**24

    np.testing.assert_array_equal(uniform(np.arange(5)), [splitmix64(i) for i in range(5)])


def test_xla_draws_the_same_noise():
    def draw(step):
        noise_key = randomness.key(1, "latents", step)
        return randomness.normal((3, 4), noise_key), randomness.normal_by_seed([7, step], 4)

    step = tf.constant(5, tf.int64)  # an argument, or XLA would be given the finished noise
    for plain, compiled in zip(draw(step), tf.function(draw, jit_compile=True)(step), strict=True):
        np.testing.assert_allclose(compiled, plain, rtol=1e-5, atol=1e-6)


def test_normal_noise_is_standard_normal():
    noise = np.sort(randomness.normal((100_000,), randomness.key(0, "latents", 0)).numpy())
    assert abs(noise.mean()) < 0.01
    assert abs(noise.std() - 1) < 0.01
    # Kolmogorov and Smirnov's distance, whose 0.1 % point at this size is 0.0062.
    normal = 0.5 * (1 + np.vectorize(math.erf)(noise / math.sqrt(2)))
    assert np.abs(normal - np.arange(len(noise)) / len(noise)).max() < 0.0062


def test_a_row_of_noise_depends_on_its_position_and_not_on_the_size_of_the_batch():
    noise_key = randomness.key(0, "latents", 0)
    few, many = randomness.normal((3, 5), noise_key), randomness.normal((8, 5), noise_key)
    np.testing.assert_allclose(few, many[:3], rtol=1e-5, atol=1e-6)


def test_uniform_noise_by_key_is_uniform_and_a_row_depends_on_its_key_alone():
    keys = randomness.example_keys(50, randomness.key(0, "a", 1))
    noise = randomness.uniform_by_key(keys, "b", [40, 10]).numpy()
    assert noise.shape == (50, 40, 10)
    assert np.histogram(noise, 10, (0, 1))[0] == pytest.approx(2000, abs=5 * np.sqrt(2000))
    np.testing.assert_array_equal(randomness.uniform_by_key(keys[7:8], "b", [40, 10]), noise[7:8])
    correlations = np.corrcoef(noise.reshape(50, -1))[~np.eye(50, dtype=bool)]
    assert np.abs(correlations).max() < 6 / np.sqrt(400)


def test_uniform_noise_by_key_is_of_its_stream():
    keys = tf.range(3)
    one, other = (randomness.uniform_by_key(keys, stream, [1000]).numpy() for stream in "ab")
    assert np.abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.1


def test_uniform_latents_by_seed_do_not_depend_on_their_batch():
    together = randomness.uniform_by_seed([3, 5, 9], 20).numpy()
    np.testing.assert_array_equal(randomness.uniform_by_seed([5], 20)[0], together[1])
    assert together.min() > 0 and together.max() < 1


def test_uniform_noise_is_above_zero_and_below_one_and_the_half_moves_no_other_value():
    bits = tf.constant(
        [0, 2**32 - 1, *np.random.default_rng(0).integers(0, 2**32, 5000)], tf.uint32
    )
    values = uniform_of_bits(bits).numpy()
    assert values.min() > 0.0 and values.max() == np.float32(1.0 - 2.0**-24) < 1.0
    rounded = ((bits.numpy() >> 8).astype(np.float32) + np.float32(0.5)) / np.float32(2**24)
    assert rounded[1] == 1.0
    np.testing.assert_array_equal(np.delete(values, 1), np.delete(rounded, 1))
