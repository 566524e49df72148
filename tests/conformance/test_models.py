"""Laws that every registered model keeps, each stated once."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import create_model, list_models, load_model, registry, serving
from ganzoo.batch_formats import batch_format
from ganzoo.config.presets import list_presets
from ganzoo.errors import InputError
from ganzoo.models import GANModel
from ganzoo.randomness.priors import Uniform

GAN = {"image_shape": (4, 6, 1), "latent_dim": 4, "generator_units": 8, "maxout_units": 4}
CGAN = {"image_shape": (8, 8, 1), "num_classes": 3, "latent_dim": 4}
# The smallest arguments with which a model still has all its parts. A new model adds its line.
TINY = [
    ("gan", GAN),
    ("dcgan", {"image_shape": (8, 8, 1), "latent_dim": 4, "filters": 2}),
    ("cgan", CGAN | {"generator_units": (3, 5, 8), "maxout_units": (4, 2, 4)}),
    ("cdcgan", CGAN | {"filters": 2}),
    (
        "pix2pix",
        {"image_shape": (8, 16, 3), "input_channels": 1, "filters": 2, "receptive_field": 16},
    ),
    ("cyclegan", {"image_shape": (24, 28, 1), "filters": 2, "blocks": 1, "pool_size": 5}),
]
# The same models in another way, for the slow suite.
VARIANTS = [
    ("gan", GAN | {"discriminator_steps": 2, "minimax": True}),
    (
        "pix2pix",
        {"image_shape": (8, 16, 3), "input_classes": 3, "filters": 2, "receptive_field": 16},
    ),
]
BATCH = 4


@pytest.fixture(
    scope="module",
    params=[*TINY, *(pytest.param(variant, marks=pytest.mark.slow) for variant in VARIANTS)],
    ids=lambda tiny: "-".join([tiny[0], *map(str, tiny[1].values())]),
)
def tiny(request):
    """A model's name and its arguments."""
    name, arguments = request.param
    return name, arguments | {"moving_average": 0.5}


@pytest.fixture(scope="module")
def name(tiny):
    return tiny[0]


@pytest.fixture
def model(tiny):
    name, arguments = tiny
    return create_model(name, **arguments)


@pytest.fixture(scope="module")
def batch(tiny):
    model = create_model(tiny[0], **tiny[1])
    parts = [
        part.kind.random((BATCH, *model.example_shapes[part.name]), (0, place)).numpy()
        for place, part in enumerate(batch_format(model.batch_format).parts)
    ]
    return parts[0] if len(parts) == 1 else tuple(parts)


@pytest.fixture(scope="module")
def dataset(batch):
    return tf.data.Dataset.from_tensors(batch).repeat(3)


def train(model, dataset):
    return model.fit(dataset, verbose=0, shuffle=False).history


def values(variables):
    return [variable.numpy() for variable in variables]


def changed(before, variables):
    return [
        not np.array_equal(old, new.numpy()) for old, new in zip(before, variables, strict=True)
    ]


def test_no_model_is_missing_here():
    built_in = {n for n in list_models() if registry.model_class(n).__module__.startswith("ganzoo")}
    assert built_in <= {name for name, _ in TINY}


def test_models_are_final(name):
    others = [registry.model_class(other) for other in list_models() if other != name]
    model_class = registry.model_class(name)
    assert issubclass(model_class, GANModel)
    assert not any(issubclass(other, model_class) for other in others)


@pytest.fixture(scope="module")
def trained(tiny, dataset):
    """A model after three steps, and what `fit` reported. Tests leave it as it is."""
    model = create_model(tiny[0], **tiny[1])
    model.compile()
    return model, train(model, dataset)


def test_fit_reports_finite_losses_by_their_stated_names(trained):
    model, history = trained
    assert sorted(history) == sorted(model.loss_names)
    assert np.all(np.isfinite([value for column in history.values() for value in column]))


def test_evaluate_reports_the_same_losses_and_updates_nothing(trained, dataset):
    model, _ = trained
    before = values(model.variables)
    losses = model.evaluate(dataset, verbose=0, return_dict=True)
    assert sorted(losses) == sorted(model.loss_names)
    assert not any(changed(before, model.variables))


def test_the_discriminator_loss_at_chance_is_that_of_answers_of_one_half(model, batch):
    for network in model.discriminators:
        network.set_weights([np.zeros_like(weight) for weight in network.get_weights()])
    batch = tf.nest.map_structure(tf.constant, batch)
    _, outputs = model.forward_pass(batch, 0)
    threshold = model.decision_threshold
    for network, of_network in zip(model.discriminators, outputs.values(), strict=True):
        if difference := threshold - float(tf.reduce_mean(of_network.real_scores)):
            network.weights[-1].assign(tf.fill(network.weights[-1].shape, difference))
    losses, outputs = model.forward_pass(batch, 0)
    for of_network in outputs.values():
        np.testing.assert_array_equal(of_network.real_scores, threshold)
        np.testing.assert_array_equal(of_network.fake_scores, threshold)
    assert float(losses["discriminator_loss"]) == pytest.approx(model.discriminator_loss_at_chance)


def test_the_step_counts_training_steps(trained):
    model, _ = trained
    assert float(model.step.numpy()) == 3


def test_an_update_of_one_side_leaves_the_other_alone(model, dataset):
    for mine, theirs in (("generator", "discriminator"), ("discriminator", "generator")):
        frozen = {f"{theirs}_optimizer": keras.optimizers.SGD(0.0)}
        mine_moves = {f"{mine}_optimizer": keras.optimizers.SGD(0.1)}
        model.compile(**mine_moves, **frozen, run_eagerly=True)
        my_variables = getattr(model, f"{mine}_variables")
        their_variables = getattr(model, f"{theirs}_variables")
        mine_before, theirs_before = values(my_variables), values(their_variables)
        train(model, dataset)
        assert any(changed(mine_before, my_variables))
        assert not any(changed(theirs_before, their_variables))


def test_latents_are_drawn_from_the_prior_that_the_model_states(tiny, dataset, batch):
    if not hasattr(registry.model_class(tiny[0]), "latents_of_seeds"):
        return  # it translates
    model, of_another_prior = (create_model(tiny[0], **tiny[1]) for _ in range(2))
    for variable in model.trainable_variables:
        variable.assign(20.0 * variable)  # so large that latents make a difference to losses
    of_another_prior.set_weights(model.get_weights())
    of_another_prior.prior = Uniform(0.25, 0.25)  # a single point
    seeds = np.arange(3)
    expected = model.prior.of_seeds(seeds, model.latent_dim)
    np.testing.assert_array_equal(model.latents_of_seeds(seeds), expected)
    np.testing.assert_array_equal(of_another_prior.latents_of_seeds(seeds), 0.25)
    np.testing.assert_array_equal(of_another_prior.truncate(expected, 0.0), 0.25)
    for one in (model, of_another_prior):
        one.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0), run_eagerly=True)
    losses = [one.evaluate(dataset.take(1), verbose=0) for one in (model, of_another_prior)]
    assert losses[0] != losses[1]
    train(model, dataset)
    train(of_another_prior, dataset)
    assert any(changed(values(model.generators[0].weights), of_another_prior.generators[0].weights))


def test_every_trainable_weight_is_of_one_side_and_gets_a_gradient(model, dataset):
    sgd = [keras.optimizers.SGD(10.0) for _ in range(2)]
    model.compile(*sgd, run_eagerly=True)
    variables = [*model.generator_variables, *model.discriminator_variables]
    assert {v.path for v in variables} == {v.path for v in model.trainable_variables}
    before = values(variables)
    train(model, dataset)
    assert all(changed(before, variables))


def test_a_training_cut_in_two_and_restored_is_the_same_training(tiny, dataset, tmp_path):
    # Noise, dropout, pools, optimizers, averages: whatever a step depends on comes back.
    whole, first, second = (create_model(tiny[0], **tiny[1], seed=5) for _ in range(3))
    whole.save_weights(tmp_path / "initial.weights.h5")
    first.load_weights(tmp_path / "initial.weights.h5")
    for model in (whole, first, second):
        model.compile(run_eagerly=True)  # compiled, it is tested of whole runs
    train(whole, dataset)
    train(first, dataset.take(1))
    first.save_weights(tmp_path / "cut.weights.h5")
    second.load_weights(tmp_path / "cut.weights.h5")
    train(second, dataset.skip(1))
    for part in ("", "generator_optimizer", "discriminator_optimizer"):
        ours, theirs = ((getattr(m, part) if part else m).variables for m in (whole, second))
        for mine, restored in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(mine.numpy(), restored.numpy())


def test_validation_prediction_and_keras_own_callbacks_work(model, dataset, tmp_path):
    model.compile("adam", "sgd", run_eagerly=True)
    monitored = {"monitor": "val_generator_loss", "mode": "min"}
    history = model.fit(
        dataset,
        validation_data=dataset.take(1),
        epochs=2,
        verbose=0,
        shuffle=False,
        callbacks=[
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
            keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", **monitored),
            keras.callbacks.EarlyStopping(patience=5, **monitored),
        ],
    ).history  # fmt: skip
    losses = {*model.loss_names, *(f"val_{name}" for name in model.loss_names)}
    assert set(history) == losses
    assert load_model(tmp_path / "best.keras").compiled
    inputs = {k: v for k, v in serving_inputs(model, 5).items() if k != "seeds"}  # noise is fixed
    inputs = list(inputs.values())
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    assert outputs.shape[0] == 5 and np.abs(outputs).max() <= 1


def serving_inputs(model, count):
    """Inputs for the model's first endpoint, by name."""
    return serving.live_endpoints(model)["serving_default"].examples(count)


@pytest.mark.slow
def test_a_step_that_xla_compiles_is_the_same_step(tiny, dataset):
    # Keras compiles it on a GPU, where nobody asked for it.
    trained = []
    for jit_compile in (False, True):
        keras.utils.set_random_seed(3)
        model = create_model(tiny[0], **tiny[1])
        before = values(model.trainable_variables)
        sgd = [keras.optimizers.SGD(1e-3) for _ in range(2)]
        model.compile(*sgd, jit_compile=jit_compile)
        train(model, dataset)
        trained.append(values(model.trainable_variables))
    for start, plain, compiled in zip(before, *trained, strict=True):
        # Other noise would change all of it. Biases before a normalisation move by rounding alone.
        change = max(np.abs(plain - start).max(), 1e-4)
        np.testing.assert_allclose(compiled, plain, atol=1e-2 * change)


def test_config_round_trips(model):
    again = type(model).from_config(model.get_config())
    assert again.get_config() == model.get_config()


def test_a_saved_model_comes_back_with_its_optimizers(trained, dataset, tmp_path):
    model, _ = trained
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    for part in ("", "generator_optimizer", "discriminator_optimizer"):
        ours = (getattr(model, part) if part else model).variables
        theirs = (getattr(again, part) if part else again).variables
        for mine, loaded in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(mine.numpy(), loaded.numpy())
    again.run_eagerly = True
    train(again, dataset)


def test_a_model_that_was_never_compiled_saves_too(model, tmp_path):
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    assert not again.compiled
    for mine, loaded in zip(model.variables, again.variables, strict=True):
        np.testing.assert_array_equal(mine.numpy(), loaded.numpy())


def test_a_learning_rate_schedule_is_saved_with_its_optimizer(model, tmp_path):
    decay = keras.optimizers.schedules.PolynomialDecay(1e-3, 100, 0.0)
    model.compile(keras.optimizers.Adam(decay), "sgd")
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras").generator_optimizer
    assert float(again.learning_rate) == pytest.approx(1e-3)
    again.iterations.assign(50)
    assert float(again.learning_rate) == pytest.approx(5e-4)


def test_samples_have_titles_and_stay_the_same_for_the_same_weights(model, batch):
    first, again = model.sample_images(batch), model.sample_images(batch)
    for title, images in first.items():
        assert images.shape[0] == BATCH and images.shape[-1] in (1, 3)
        assert np.abs(images).max() <= 1
        np.testing.assert_array_equal(images, again[title])


def test_samples_and_exports_come_from_the_moving_average(model, batch):
    before = model.sample_images(batch)
    for average in model.generator_averages:
        for variable in average.weights:
            variable.assign(variable * 1.5)
    after = model.sample_images(batch)
    assert any(not np.array_equal(before[title], after[title]) for title in before)


def test_the_moving_average_follows_the_generator_by_its_decay(model, dataset):
    model.compile(keras.optimizers.SGD(1.0), run_eagerly=True)
    averages = [weight for network in model.generator_averages for weight in network.weights]
    weights = [weight for network in model.generators for weight in network.weights]
    expected = values(averages)
    for _ in range(2):
        model.fit(dataset.take(1), verbose=0, shuffle=False)
        for index, weight in enumerate(weights):
            decay = model.moving_average if weight.trainable else 0.0
            expected[index] = decay * expected[index] + (1 - decay) * weight.numpy()
    for average, right in zip(averages, expected, strict=True):
        np.testing.assert_allclose(average.numpy(), right, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    "dtype", ["mixed_bfloat16", pytest.param("mixed_float16", marks=pytest.mark.slow)]
)
def test_mixed_precision_keeps_weights_and_losses_in_float32(tiny, dtype, dataset):
    model = create_model(tiny[0], **tiny[1], dtype=dtype)
    model.compile(run_eagerly=True)
    history = train(model, dataset)
    assert np.all(np.isfinite([value for column in history.values() for value in column]))
    assert {variable.dtype for variable in model.trainable_variables} == {"float32"}
    outputs = [o for network in model.generators + model.discriminators for o in network.outputs]
    assert {output.dtype for output in outputs} == {"float32"}
    scaled = isinstance(model.generator_optimizer, keras.optimizers.LossScaleOptimizer)
    assert scaled == (dtype == "mixed_float16")


def test_a_batch_of_another_format_is_named(model, batch):
    model.compile()
    with pytest.raises(InputError, match=f"A batch of format '{model.batch_format}' is"):
        model.fit(tf.data.Dataset.from_tensors((batch, batch, batch)), verbose=0, shuffle=False)


def test_compile_takes_the_papers_optimizers_of_this_model(model):
    paper = model.paper_optimizers()
    model.compile()
    for ours, theirs in zip(
        (model.generator_optimizer, model.discriminator_optimizer), paper, strict=True
    ):
        assert type(ours) is type(theirs)
        assert ours.get_config() | {"name": None} == theirs.get_config() | {"name": None}
    # Schedules may count epochs; other optimizers are the same whatever the data's steps are.
    for optimizer in model.paper_optimizers(steps_per_epoch=7):
        assert isinstance(optimizer, keras.optimizers.Optimizer)


def test_one_optimizer_for_both_sides_is_refused(model):
    optimizer = keras.optimizers.Adam()
    with pytest.raises(InputError, match="an optimizer object of their own"):
        model.compile(optimizer, optimizer)


@pytest.mark.slow
def test_an_export_answers_as_the_model_does_and_holds_no_discriminator(model, tmp_path):
    proof = model.export(tmp_path / "served")
    endpoints = serving.live_endpoints(model)
    served = tf.saved_model.load(tmp_path / "served")
    assert list(proof) == list(endpoints) and {*served.signatures} == {*endpoints}
    for name, figures in proof.items():
        assert figures["max_difference"] <= figures["limit"] <= 1, name
    weights = tf.train.list_variables(str(tmp_path / "served/variables/variables"))
    counts = [np.prod(shape) for key, shape in weights if key.endswith("VARIABLE_VALUE")]
    assert sum(counts) == sum(network.count_params() for network in model.samplers)


def test_every_model_has_a_sample_preset(name):
    # That each preset builds its model is tested in test_config.py.
    assert f"{name}/sample" in list_presets(name)
