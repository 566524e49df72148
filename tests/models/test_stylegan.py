"""StyleGAN's layers in numpy, its mixing and truncation, and its losses in closed form."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import StyleGAN, layers
from ganzoo.errors import InputError
from ganzoo.networks import progan, stylegan
from ganzoo.serving import live_endpoints

TINY = {
    "image_shape": (16, 16, 1), "latent_dim": 4, "w_dim": 3, "mapping_layers": 2, "filters": 4,
    "base": 16, "first_side": 4, "stable_images": 4, "fade_images": 4, "minibatch_group": 2,
}  # fmt: skip


def new_model(**more):
    keras.utils.set_random_seed(0)
    return StyleGAN(**TINY | more)


@pytest.mark.slow
def test_the_networks_have_as_many_weights_as_the_authors():
    networks = [
        stylegan.mapping(512, 512, 8), stylegan.synthesis((1024, 1024, 3), 512, 512, 8192),
    ]  # fmt: skip
    assert sum(network.count_params() for network in networks) == 26_219_627
    filtered = progan.discriminator((32, 32, 3), 128, 4096, 4, taps=stylegan.TAPS)
    assert filtered.count_params() == 1_298_689  # ProGAN's: a filter has no weights


def test_adaptive_instance_normalisation_is_numpys():
    draws = np.random.default_rng(0)
    maps, styles = draws.normal(size=(2, 4, 4, 3)), draws.normal(size=(2, 6))
    mean, deviation = (f(maps, (1, 2), keepdims=True) for f in (np.mean, np.std))
    expected = (maps - mean) / deviation * (1 + styles[:, None, None, :3])
    expected = expected + styles[:, None, None, 3:]
    found = layers.AdaptiveInstanceNormalization()(
        [maps.astype("float32"), styles.astype("float32")]
    )
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_noise_is_scaled_by_a_weight_for_each_channel_that_begins_at_zero():
    layer = layers.NoiseInjection()
    maps, noise = np.ones((2, 4, 4, 3), "float32"), np.full((2, 4, 4, 1), 2.0, "float32")
    np.testing.assert_array_equal(layer([maps, noise]), maps)
    layer.strengths.assign([0.0, 1.0, -0.5])
    np.testing.assert_array_equal(layer([maps, noise])[0, 0, 0], [1.0, 3.0, 0.0])


def test_a_latent_of_any_length_has_the_same_style():
    network = stylegan.mapping(4, 3, 2)
    z = np.random.default_rng(0).normal(size=(2, 4)).astype("float32")
    np.testing.assert_allclose(network(10.0 * z), network(z), rtol=1e-4)


def test_mixed_styles_are_of_one_latent_up_to_the_cutoff_and_then_of_the_other():
    model = new_model()
    styles = model.mixed(tf.zeros((2, 3)), tf.ones((2, 3)), 2.0).numpy()
    assert styles.shape == (2, 6, 3)
    np.testing.assert_array_equal(styles[:, :2], 0.0)
    np.testing.assert_array_equal(styles[:, 2:], 1.0)


@pytest.mark.parametrize(("level", "last"), [(0.0, 2), (0.5, 4), (1.0, 4), (2.0, 6)])
def test_the_cutoff_is_one_of_the_layers_that_have_grown(level, last):
    model = new_model(mixing_probability=0.5)
    cutoffs = []
    for step in range(200):
        model.step.assign(step)
        cutoffs.append(int(model.cutoff(level, model.key("mixing"))))
    # In half of the cases, behind the last: nothing is mixed.
    assert {*cutoffs} == set(range(1, last + 1))
    assert 70 < cutoffs.count(last) < 130
    always, never = new_model(mixing_probability=1.0), new_model(mixing_probability=0.0)
    assert int(always.cutoff(level, always.key("mixing"))) < last
    assert int(never.cutoff(level, never.key("mixing"))) == last


def test_a_layers_style_changes_its_own_resolution_and_those_above():
    model = new_model()
    inputs = model.inputs_of(tf.ones((1, 3)))
    before = model.synthesis(inputs)
    changed = inputs[0].numpy()
    changed[:, 2:4] += 1.0  # of 8x8
    after = model.synthesis([tf.constant(changed), *inputs[1:]])
    np.testing.assert_array_equal(before[0], after[0])
    assert np.any(before[1] != after[1]) and np.any(before[2] != after[2])


def test_with_a_truncation_of_zero_all_images_are_that_of_the_mean():
    model = new_model()
    model.images_seen.assign(1000.0)
    model.mean_style.assign([0.5, -1.0, 2.0])
    w = model.latents_of_seeds(np.arange(3))
    np.testing.assert_allclose(model.truncate(w, 0.0), [[0.5, -1.0, 2.0]] * 3, atol=1e-6)
    np.testing.assert_allclose(model.truncate(w, 1.0), w, atol=1e-6)
    generate = live_endpoints(model)["generate_truncated"].function
    seeds, zeros = tf.range(3, dtype=tf.int64), tf.zeros(3)
    images = generate(seeds=seeds, truncation=zeros)["images"].numpy()
    np.testing.assert_array_equal(images, images[:1].repeat(3, axis=0))
    images = generate(seeds=seeds, truncation=zeros + 1.0)["images"].numpy()
    assert np.any(images[0] != images[1])


def test_a_step_moves_the_mean_style_by_a_two_hundredth():
    model = new_model()
    before = model.mean_style.numpy()
    model.follow_styles(tf.constant([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
    np.testing.assert_allclose(model.mean_style - before, [0.01] * 3, rtol=1e-5)


def test_the_losses_are_those_of_appendix_c():
    model = new_model(r1_gamma=10.0)
    penalty = model.gradient_penalty(tf.constant([1.0, 3.0]))
    assert float(penalty) == pytest.approx(5.0 * (1.0 + 9.0) / 2)
    reals, fakes = np.array([2.0, -1.0], "float32"), np.array([0.5, 1.5], "float32")
    expected = np.log1p(np.exp(-reals)).mean() + np.log1p(np.exp(fakes)).mean() + float(penalty)
    assert float(model.discriminator_loss(reals, fakes, penalty)) == pytest.approx(expected)
    expected = np.log1p(np.exp(-fakes)).mean()
    assert float(model.generator_loss(fakes)) == pytest.approx(expected)


@pytest.mark.parametrize("images_seen", [0, 6, 8, 14, 16])
def test_the_networks_of_a_stage_are_the_whole_ones_at_its_level(images_seen):
    model = new_model(dtype="float64")
    model.images_seen.assign(float(images_seen))
    batch = tf.constant(np.random.default_rng(1).uniform(-1, 1, (4, 16, 16, 1)))
    for variable in model.trainable_variables:
        variable.assign_add(0.1 * np.random.default_rng(2).normal(size=variable.shape))
    of_stage, _ = model.judged(model.grown(), batch, model.key, training=False)
    of_all, _ = model.forward(batch, model.key, training=False)
    for name, loss in of_stage.items():
        assert float(loss) == pytest.approx(float(of_all[name]), rel=1e-6), name


@pytest.mark.parametrize(
    "wrong",
    [{"w_dim": 0}, {"mixing_probability": 1.5}, {"r1_gamma": -1.0}, {"first_side": 32}],
    ids=str,
)
def test_a_value_out_of_range_is_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        new_model(**wrong)
