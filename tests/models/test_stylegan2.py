"""StyleGAN2: its penalties against closed forms, its laziness, its styles."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import StyleGAN2, randomness
from ganzoo.errors import InputError
from ganzoo.models import penalties
from ganzoo.models.lazy_regularization import every

TINY = {
    "image_shape": (8, 8, 1), "latent_dim": 4, "w_dim": 3, "mapping_layers": 1, "channel_base": 16,
    "channel_max": 2, "minibatch_group": 2,
}  # fmt: skip


def images(count=4):
    return np.random.default_rng(0).uniform(-1, 1, (count, 8, 8, 1)).astype("float32")


def test_r1_of_a_linear_score_is_half_gamma_times_the_square_of_its_slope():
    slope = np.random.default_rng(1).normal(size=(8, 8, 1)).astype("float32")
    model = StyleGAN2(**TINY, r1_gamma=3.0)
    model.discriminator = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
    )
    model.discriminator.layers[-1].kernel.assign(slope.reshape(-1, 1))
    penalty = float(model.r1_penalty(tf.constant(images())))
    assert penalty == pytest.approx(1.5 * np.sum(slope**2), rel=1e-5)


def test_the_path_length_of_a_linear_generator_is_the_norm_of_its_matrix():
    matrix = tf.random.stateless_normal((3, 64), (0, 1))
    styles = tf.zeros((2000, 1, 3))
    lengths = penalties.path_lengths(
        lambda styles: tf.reshape(styles[:, 0] @ matrix, (-1, 8, 8, 1)),
        styles, randomness.key(0, "y", 0),
    )  # fmt: skip
    assert np.mean(lengths**2) == pytest.approx(float(tf.reduce_sum(matrix**2)) / 64, rel=0.05)


def test_the_mean_length_moves_by_a_hundredth():
    model = StyleGAN2(**TINY)
    mean = model._updated_path_length_mean(tf.constant([2.0, 4.0]))
    assert float(mean) == pytest.approx(0.03)
    assert float(model.path_length_mean) == pytest.approx(0.03)


def test_a_lazy_penalty_is_that_of_every_kth_step_in_several_steps_as_one_execution_too():
    model = StyleGAN2(**TINY, r1_every=4, path_length_every=2)
    model.compile(steps_per_execution=4)
    dataset = tf.data.Dataset.from_tensors(images()).repeat(8)
    history = model.fit(dataset, verbose=0, shuffle=False).history
    assert model.generator_optimizer.iterations == 8 + 4
    assert model.discriminator_optimizer.iterations == 8 + 2
    assert history["r1_penalty"][0] > 0
    calls = [float(every(4, tf.constant(float(n)), lambda: tf.constant(1.0))[0]) for n in range(9)]
    assert 4 * np.mean(calls[:8]) == 1.0 and calls == [1, 0, 0, 0] * 2 + [1]


def test_adam_is_corrected_for_the_updates_of_penalties():
    generator, discriminator = StyleGAN2(**TINY).paper_optimizers()
    assert float(generator.learning_rate) == pytest.approx(0.0016)
    assert float(discriminator.learning_rate) == pytest.approx(0.0018824, rel=1e-4)
    assert generator.beta_2 == pytest.approx(0.991992, rel=1e-6)
    assert discriminator.beta_2 == pytest.approx(0.990585, rel=1e-6)
    assert generator.beta_1 == 0 and generator.epsilon == 1e-8


@pytest.fixture
def float64():
    usual = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx(usual)


def test_the_gradients_of_both_penalties_are_their_finite_differences(float64):
    model = StyleGAN2(**TINY, dtype="float64")
    generator = np.random.default_rng(0)
    for variable in model.trainable_variables:
        variable.assign_add(0.1 * generator.normal(size=variable.shape))
    reals = tf.constant(images(), tf.float64)

    def length_penalty():
        styles = model.draw_styles(4, model.key, training=True)
        lengths = penalties.path_lengths(
            lambda styles: model.synthesize(styles, model.key, True), styles, model.key("y")
        )
        return model.path_length_penalty(lengths, 0.5)

    for penalty, variables in (
        (lambda: model.r1_penalty(reals), model.discriminator_variables),
        (length_penalty, model.generator_variables),
    ):
        directions = [generator.normal(size=variable.shape) for variable in variables]

        def at(share, penalty=penalty, variables=variables, directions=directions):
            for variable, direction in zip(variables, directions, strict=True):
                variable.assign_add(share * direction)
            return penalty()

        with tf.GradientTape() as tape:
            value = at(0.0)
        found = zip(tape.gradient(value, variables), directions, strict=True)
        slope = sum(np.sum(gradient * d) for gradient, d in found if gradient is not None)
        step = 1e-7
        above, below = float(at(step)), float(at(-2.0 * step))
        at(step)
        assert slope == pytest.approx((above - below) / (2.0 * step), rel=1e-3)
        assert abs(slope) > 1e-6


def test_styles_are_mixed_from_one_layer_on_in_nine_of_ten_batches():
    model, layers, mixed, cuts = StyleGAN2(**TINY), 4, 0, set()
    for step in range(60):
        model.step.assign(step)
        styles = model.draw_styles(3, model.key, training=True).numpy()
        differs = [not np.allclose(styles[:, n], styles[:, 0]) for n in range(layers)]
        assert differs == sorted(differs), "from a layer on"
        mixed += any(differs)
        cuts.add(differs.index(True) if any(differs) else None)
    assert 45 <= mixed < 60 and cuts == {1, 2, 3, None}
    styles = model.draw_styles(3, model.key, training=False).numpy()
    assert np.allclose(styles, styles[:, :1]), "not at inference"


def test_truncation_to_0_gives_one_image():
    model = StyleGAN2(**TINY)
    w = model.truncate(model.latents_of_seeds(np.arange(3)), 0.0)
    made = model(w).numpy()
    np.testing.assert_allclose(made, made[:1].repeat(3, 0), atol=1e-6)
    whole = model(model.latents_of_seeds(np.arange(3))).numpy()
    assert not np.allclose(whole[0], whole[1])


@pytest.mark.parametrize(
    "wrong", [{"r1_gamma": -1.0}, {"mixing_probability": 1.5}, {"r1_every": 0}]
)
def test_a_value_out_of_range_is_refused(wrong):
    with pytest.raises(InputError, match="must be"):
        StyleGAN2(**(TINY | wrong))
