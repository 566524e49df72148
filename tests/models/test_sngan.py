"""SN-GAN and the projection GAN: losses in closed form, steps written out, spectral norms."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import SNGAN, ProjectionGAN, randomness
from ganzoo.errors import InputError
from ganzoo.layers import SpectralConv2D, SpectralDense

TINY = {
    "image_shape": (8, 8, 1), "latent_dim": 4, "generator_filters": 2, "discriminator_filters": 3,
    "discriminator_steps": 3,
}  # fmt: skip
CONDITIONAL = TINY | {"num_classes": 3}


def images(count):
    return np.random.default_rng(0).uniform(-1, 1, (count, 8, 8, 1)).astype(np.float32)


def spectral_layers(network):
    return [x for x in network.layers if isinstance(x, (SpectralConv2D, SpectralDense))]


@pytest.mark.parametrize("model", [SNGAN(**TINY), ProjectionGAN(**CONDITIONAL)], ids=["sn", "p"])
def test_the_losses_are_the_papers(model):
    real, fake = tf.constant([[2.0], [0.5], [-1.0]]), tf.constant([[-3.0], [0.0], [1.0]])
    assert float(model.discriminator_loss(real, fake)) == pytest.approx(
        (0 + 0.5 + 2) / 3 + (0 + 1 + 2) / 3
    )
    assert float(model.generator_loss(fake)) == pytest.approx(2 / 3)


@pytest.mark.parametrize("networks", ["resnet", "convolutional"])
def test_every_layer_of_the_discriminator_has_spectral_norm_1(networks):
    discriminator = SNGAN(**TINY | {"networks": networks}).discriminator
    with_weights = [layer for layer in discriminator.layers if layer.trainable_variables]
    assert with_weights == spectral_layers(discriminator)
    for layer in with_weights:
        for _ in range(100):
            layer.normalised_kernel(training=True)
        kernel = layer.normalised_kernel(training=False).numpy()
        norms = np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)
        assert norms[0] == pytest.approx(1.0, abs=1e-3)


def written_out(model, batch, rate):
    """One step by plain SGD in eager mode on the model itself, layer by layer of the same methods.

    Returns:
        The losses of the last update of D and of G's.
    """
    classes = getattr(model, "num_classes", None)
    count = len(batch[0]) // 3

    def generated(number, update):
        latents = randomness.normal((number, 4), model.key(f"latents/{update}"))
        if classes is None:
            return model.generator(latents, training=True), None
        draws = randomness.uniform((number,), model.key(f"labels/{update}"))
        labels = tf.cast(3 * draws, tf.int32)
        return model.generator([latents, labels], training=True), labels

    def scored(pictures, labels, training):
        inputs = pictures if labels is None else [pictures, labels]
        return model.discriminator(inputs, training=training)

    def sgd(network, tape, loss):
        gradients = tape.gradient(loss, network.trainable_variables)
        for variable, gradient in zip(network.trainable_variables, gradients, strict=True):
            variable.assign_sub(rate * gradient)

    for update in range(3):
        part = slice(update * count, (update + 1) * count)
        noise = randomness.uniform((count, 8, 8, 1), model.key(f"levels/{update}"))
        reals = ((batch[0][part] + 1) * 127.5 + noise) / 128 - 1
        fakes, labels = generated(count, update)
        both = None if labels is None else tf.concat([batch[1][part], labels], 0)
        with tf.GradientTape() as tape:
            scores = scored(tf.concat([reals, fakes], 0), both, True)
            loss = tf.reduce_mean(tf.nn.relu(1 - scores[:count])) + tf.reduce_mean(
                tf.nn.relu(1 + scores[count:])
            )
        sgd(model.discriminator, tape, loss)
    with tf.GradientTape() as tape:
        fakes, labels = generated(2 * count, "generator")
        generator_loss = -tf.reduce_mean(scored(fakes, labels, False))
    sgd(model.generator, tape, generator_loss)
    return loss, generator_loss


@pytest.mark.eager  # that a compiled step is the same is a law of every model
@pytest.mark.parametrize("model_class", [SNGAN, ProjectionGAN])
def test_a_step_is_three_updates_of_d_each_with_its_own_batch_and_one_of_g(model_class):
    keras.utils.set_random_seed(1)
    model = model_class(**(TINY if model_class is SNGAN else CONDITIONAL))
    before, rate = [v.numpy() for v in model.variables], 0.05
    batch = images(6), np.array([0, 1, 2, 2, 1, 0], np.int32)
    losses = written_out(model, batch, rate)
    right = [v.numpy() for v in model.variables]
    for variable, value in zip(model.variables, before, strict=True):
        variable.assign(value)
    model.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    given = batch[:1] if model_class is SNGAN else batch
    logs = model.train_on_batch(*given, return_dict=True)
    for name, loss in zip(("discriminator_loss", "generator_loss"), losses, strict=True):
        assert float(logs[name]) == pytest.approx(float(loss), rel=1e-4), name
    compared = [v for v in model.variables if v.trainable or v.path.endswith("/u")]
    assert any(v.path.endswith("/u") for v in compared)
    for variable, value in zip(model.variables, right, strict=True):
        if any(variable is one for one in compared):
            np.testing.assert_allclose(variable.numpy(), value, atol=1e-5, err_msg=variable.path)
    assert int(model.discriminator_optimizer.iterations) == 3
    assert int(model.generator_optimizer.iterations) == 1


@pytest.mark.eager
def test_the_class_moves_a_score_by_the_inner_product_of_embedding_and_features():
    network = ProjectionGAN(**CONDITIONAL).discriminator
    embedding = network.get_layer("embedding").normalised_kernel(False).numpy()
    features = keras.Model(network.input, network.get_layer("scores").input)
    batch = images(4)
    h = features([batch, np.zeros(4, np.int32)]).numpy()
    scores = [network([batch, np.full(4, y, np.int32)]).numpy()[:, 0] for y in range(3)]
    for y in (1, 2):
        np.testing.assert_allclose(
            scores[y] - scores[0], h @ (embedding[y] - embedding[0]), atol=1e-5
        )


@pytest.mark.eager
def test_classes_share_their_batch_statistics_and_differ_by_gain_and_bias_alone():
    model = ProjectionGAN(**CONDITIONAL)
    latents = np.random.default_rng(0).normal(size=(10, 4)).astype(np.float32)
    one, others = np.zeros(10, np.int32), np.arange(10, dtype=np.int32) % 3
    # Gains begin at 1 and biases at 0 for every class, so labels make no difference yet.
    np.testing.assert_allclose(
        model.generator([latents, one], training=True),
        model.generator([latents, others], training=True), atol=1e-6,
    )  # fmt: skip
    gains = next(v for v in model.generator.trainable_variables if v.shape == (3, 2))
    gains.assign([[1.0, 1.0], [3.0, 3.0], [1.0, 1.0]])
    changed = np.abs(
        model.generator([latents, others], training=True)
        - model.generator([latents, one], training=True)
    ).max(axis=(1, 2, 3))
    assert changed[others == 1].min() > 1e-4


@pytest.mark.eager
def test_the_classes_of_fakes_are_all_drawn_equally_often():
    labels = ProjectionGAN(**CONDITIONAL).draw_labels(3000, randomness.key(0, "labels", 0))
    counts = np.bincount(labels, minlength=3)
    assert labels.dtype == tf.int32 and len(counts) == 3 and counts.min() > 900


@pytest.mark.parametrize(
    "wrong",
    [
        {"discriminator_steps": 0},
        {"generator_batches": 0},
        {"generator_filters": 0},
        {"image_shape": (8, 16, 1)},
    ],
    ids=str,
)
@pytest.mark.parametrize("model_class", [SNGAN, ProjectionGAN])
def test_values_out_of_range_are_refused(model_class, wrong):
    with pytest.raises(InputError, match="Received"):
        model_class(**(TINY | wrong))


def test_an_unknown_pair_of_networks_is_refused():
    with pytest.raises(InputError, match="Choose from: resnet, convolutional"):
        SNGAN(**TINY | {"networks": "vgg"})
