"""Growth: its schedule, the networks of a stage against the whole ones, and training through it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import ProGAN
from ganzoo.errors import InputError
from ganzoo.models import growth
from ganzoo.networks import progan
from ganzoo.saving.checkpoints import restore_newest, save_checkpoint

TINY = {
    "image_shape": (8, 8, 1), "latent_dim": 4, "filters": 4, "base": 16, "stable_images": 4,
    "fade_images": 8, "minibatch_group": 2,
}  # fmt: skip
BATCH = 2  # so steps 0 to 2 are of 4x4 pixels, 3 to 5 fade in 8x8, and the others have grown


def batches(steps):
    values = np.random.default_rng(0).uniform(-1, 1, (steps, BATCH, 8, 8, 1))
    return tf.data.Dataset.from_tensor_slices(values.astype("float32"))


def new_model(images_seen=0.0, **more):
    keras.utils.set_random_seed(0)
    model = ProGAN(**TINY | more)
    model.images_seen.assign(images_seen)
    return model


def values(variables):
    return [np.array(variable) for variable in variables]


def state(model):
    optimizers = model.generator_optimizer, model.discriminator_optimizer
    return values([*model.variables, *(v for one in optimizers for v in one.variables)])


# The schedule.


def test_a_level_is_held_and_then_the_next_one_fades_in():
    schedule = growth.Schedule(0, 2, stable_images=100, fade_images=50)
    for images, level in {
        0: 0.0, 99: 0.0, 100: 0.0, 125: 0.5, 149: 0.98, 150: 1.0, 250: 1.0, 275: 1.5, 300: 2.0,
        10_000: 2.0,
    }.items():  # fmt: skip
        found = float(schedule.level(tf.constant(images, tf.float64)))
        assert found == pytest.approx(level), images


def test_a_stage_and_its_level_agree_after_every_number_of_images():
    for fade_images in (0, 1, 7):
        schedule = growth.Schedule(1, 3, stable_images=5, fade_images=fade_images)
        last = 0
        for images in range(60):
            level = float(schedule.level(tf.constant(images, tf.float64)))
            stage = schedule.stage(images)
            assert stage.level == np.ceil(level) and stage.is_fading == (level != stage.level)
            assert stage.number >= last
            last = stage.number


@pytest.mark.parametrize("wrong", [(-1, 2, 4, 4), (3, 2, 4, 4), (0, 2, 0, 4), (0, 2, 4, -1)])
def test_a_schedule_that_cannot_be_is_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        growth.Schedule(*wrong)


# The networks.


@pytest.mark.parametrize(
    ("shape", "widths", "generators", "discriminators"),
    [
        ((1024, 1024, 3), (512, 8192), 23_079_115, 23_087_249),
        ((128, 128, 3), (512, 2048), 13_629_810, 13_636_897),
        ((32, 32, 3), (128, 4096), 1_296_908, 1_298_689),
    ],
    ids=["1024", "128", "CIFAR-10"],
)
def test_the_networks_have_as_many_weights_as_the_authors(
    shape, widths, generators, discriminators
):
    latent_dim = widths[0]
    assert progan.generator(shape, latent_dim, *widths).count_params() == generators
    assert progan.discriminator(shape, *widths, 16).count_params() == discriminators


@pytest.mark.parametrize("shape", [(28, 28, 1), (2, 2, 1), (8, 16, 1), (8, 8, 4)])
def test_an_image_that_does_not_grow_from_four_pixels_is_refused(shape):
    with pytest.raises(InputError, match="4, 8, 16, 32"):
        progan.generator(shape, 4, 4, 16)


def test_at_either_end_of_a_passage_images_are_of_one_level_alone():
    model = new_model()
    low, high = model.generator(np.ones((2, 4), "float32"))
    np.testing.assert_array_equal(growth.at_full_size([low, high], 0.0), growth.doubled(low))
    np.testing.assert_array_equal(growth.at_full_size([low, high], 1.0), high)
    half = growth.at_full_size([low, high], 0.5)
    np.testing.assert_allclose(half, 0.5 * growth.doubled(low) + 0.5 * high, rtol=1e-6)
    for level in (0.0, 0.25, 1.0):  # as an export has it
        np.testing.assert_array_equal(
            growth.at_fixed_level([low, high], level), growth.at_full_size([low, high], level)
        )


@pytest.mark.parametrize("level", [0, 1])
def test_at_the_ends_of_a_passage_other_layers_change_no_score(level):
    model = new_model()
    images, levels = np.ones((2, 8, 8, 1), "float32"), np.full((2, 1), level, "float32")
    before = model.discriminator([images, levels]).numpy()
    others = ("from_rgb_8", "conv_8_0", "conv_8_1") if level == 0 else ("from_rgb_4",)
    for name in others:
        layer = model.discriminator.get_layer(name)
        layer.set_weights([weight + 1.0 for weight in layer.get_weights()])
    np.testing.assert_array_equal(model.discriminator([images, levels]), before)


@pytest.mark.parametrize("images_seen", [0, 6, 10, 12, 18, 24])
def test_the_networks_of_a_stage_are_the_whole_ones_at_its_level(images_seen):
    model = new_model(float(images_seen), image_shape=(16, 16, 1), dtype="float64")
    batch = tf.constant(np.random.default_rng(1).uniform(-1, 1, (4, 16, 16, 1)))
    for variable in model.trainable_variables:  # biases of 0 hide mistakes
        variable.assign_add(0.1 * np.random.default_rng(2).normal(size=variable.shape))
    key = model.key
    of_stage, outputs = model.judged(model.grown(), batch, key, training=False)
    # The penalty lies between images: at the whole size too, since every step there is linear.
    of_all, whole_outputs = model.forward(batch, key, training=False)
    for name, loss in of_stage.items():
        assert float(loss) == pytest.approx(float(of_all[name]), rel=1e-6), name
    side = outputs["images"].fakes.shape[1]
    assert side == 4 * 2**model.stage.level
    repeats = 16 // side
    np.testing.assert_allclose(
        np.repeat(np.repeat(outputs["images"].fakes, repeats, 1), repeats, 2),
        whole_outputs["images"].fakes, atol=1e-7,
    )  # fmt: skip


# Training.


def test_a_stage_trains_its_own_layers_and_leaves_the_others_as_they_were():
    model = new_model()
    model.compile(run_eagerly=True)
    of_8 = [v for v in model.trainable_variables if "_8" in v.path]
    of_4 = [v for v in model.trainable_variables if "rgb_4" in v.path]
    assert len(of_8) == 12 and len(of_4) == 4
    before = values(of_8)
    model.fit(batches(3), verbose=0, shuffle=False)
    for variable, value in zip(of_8, before, strict=True):
        np.testing.assert_array_equal(variable, value, variable.path)
    model.fit(batches(4), verbose=0, shuffle=False)
    before = values(of_4)
    assert not model.stage.is_fading
    model.fit(batches(2), verbose=0, shuffle=False)
    for variable, value in zip(of_4, before, strict=True):
        np.testing.assert_array_equal(variable, value, variable.path)


@pytest.mark.slow
def test_each_stage_is_traced_once_and_its_optimizers_begin_anew():
    model, traced, counts = new_model(), [], []
    step = model.train_step
    model.train_step = lambda data: (traced.append(model.stage), step(data))[1]
    model.compile()
    count = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: counts.append(
            int(model.generator_optimizer.iterations)
        )
    )
    model.fit(batches(9), verbose=0, shuffle=False, callbacks=[count])
    stages = [growth.Stage(0, False), growth.Stage(1, True), growth.Stage(1, False)]
    assert list(dict.fromkeys(traced)) == stages and len(traced) == 3
    assert counts == [1, 2, 3, 1, 2, 3, 1, 2, 3]


@pytest.fixture(scope="module")
def uninterrupted():
    """The states after each of nine steps, through all stages, run eagerly."""
    model, states = new_model(), []
    model.compile(run_eagerly=True)
    keep = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: states.append(state(model))
    )
    model.fit(batches(9), verbose=0, shuffle=False, callbacks=[keep])
    return states


@pytest.mark.slow
def test_training_compiled_through_its_stages_is_training_run_eagerly(uninterrupted):
    model = new_model()
    model.compile()
    model.fit(batches(9), verbose=0, shuffle=False)
    for found, expected in zip(state(model), uninterrupted[-1], strict=True):
        np.testing.assert_allclose(found, expected, rtol=2e-3, atol=2e-4)


@pytest.mark.slow
@pytest.mark.parametrize("steps", [2, 9, 20])
def test_executions_of_several_steps_end_stages_where_single_ones_do(uninterrupted, steps):
    model = new_model()
    model.compile(run_eagerly=True, steps_per_execution=steps)
    model.fit(batches(9), verbose=0, shuffle=False)
    for found, expected in zip(state(model), uninterrupted[-1], strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "done", [3, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2, 4, 5, 6, 7, 8))]
)
def test_a_training_that_is_resumed_after_any_step_is_the_same(uninterrupted, done, tmp_path):
    model = new_model()
    model.compile(run_eagerly=True)
    model.fit(batches(9).take(done), verbose=0, shuffle=False)
    save_checkpoint(model, tmp_path)
    again = ProGAN(**TINY)
    again.compile(run_eagerly=True)
    assert restore_newest(again, tmp_path)["step"] == done
    again.fit(batches(9).skip(done), verbose=0, shuffle=False)
    for found, expected in zip(state(again), uninterrupted[-1], strict=True):
        np.testing.assert_array_equal(found, expected)


def test_samples_and_predictions_grow_with_the_model_though_they_are_compiled_once():
    model = new_model()
    latents = np.random.default_rng(0).normal(size=(2, 4)).astype("float32")
    for images_seen in (0.0, 8.0, 12.0):
        model.images_seen.assign(images_seen)
        outputs = model.generator_averages[0](latents)
        expected = np.clip(growth.at_full_size(outputs, float(model.level)), -1, 1)
        np.testing.assert_allclose(model.predict(latents, verbose=0), expected, atol=1e-6)
    assert float(model.level) == 1.0
