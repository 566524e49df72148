"""BiGAN and ALI: losses and decay in closed form, counts, steps written out, encodings."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import ALI, BiGAN, randomness
from ganzoo.errors import InputError

TINY = {"image_shape": (4, 6, 1), "latent_dim": 3, "units": 5}
TINY_ALI = {"image_shape": (28, 28, 1), "latent_dim": 3, "filters": 2}


def images(count, shape):
    return np.random.default_rng(0).uniform(-1, 1, (count, *shape)).astype(np.float32)


def widen(model):
    """N(0, 0.01) is made for wider layers, and vanishes in these."""
    for weight in (w for w in model.trainable_variables if w.name == "kernel"):
        weight.assign(20.0 * weight)


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_variables)


@pytest.mark.parametrize(
    ("model", "counts"),
    [
        (lambda: BiGAN(), (1_902_592, 1_953_792, 1_903_616)),
        (lambda: ALI(), (3_118_496, 981_152, 2_611_009)),
        (lambda: ALI(networks="svhn", latent_dim=256), (3_315_488, 1_767_584, 5_283_073)),
        (
            lambda: ALI((64, 64, 3), networks="celeba", latent_dim=256, filters=64),
            (6_794_880, 11_811_392, 15_189_057),
        ),
        (lambda: ALI((28, 28, 1), latent_dim=32, filters=8), (142_328, 64_168, 137_281)),
    ],
    ids=["BiGAN MNIST", "ALI CIFAR-10", "ALI SVHN", "ALI CelebA", "ALI sample"],
)
def test_the_networks_have_the_weights_of_the_authors_code(model, counts):
    model = model()
    assert tuple(map(count, (model.encoder, model.generator, model.discriminator))) == counts


@pytest.mark.parametrize(("model", "share"), [(BiGAN(**TINY), 0.5), (ALI(**TINY_ALI), 1.0)])
def test_the_losses_are_the_papers_and_the_generators_swaps_the_labels(model, share):
    real, fake = tf.constant([[2.0], [-1.0]]), tf.constant([[0.5], [1.0]])
    softplus = np.log1p(np.exp([[-2.0, 1.0], [0.5, 1.0]])).mean(axis=1)
    assert float(model.discriminator_loss(real, fake)) == pytest.approx(share * softplus.sum())
    swapped = model.generator_loss(fake, real)
    assert float(swapped) == pytest.approx(float(model.discriminator_loss(real, fake)))


@pytest.mark.parametrize("model", [BiGAN(**TINY), ALI(**TINY_ALI)], ids=["bigan", "ali"])
def test_the_encoder_learns_of_real_pairs_alone_and_the_generator_of_fake_ones(model):
    widen(model)
    with tf.GradientTape(persistent=True) as tape:
        _, outputs = model.forward_pass(images(4, model.image_shape), 0)
        of_pairs = outputs["images"]
        reals, fakes = tf.reduce_sum(of_pairs.real_scores), tf.reduce_sum(of_pairs.fake_scores)

    def learns(network, scores):
        gradients = tape.gradient(scores, network.trainable_variables)
        return any(g is not None and np.abs(g).max() > 0 for g in gradients)

    assert learns(model.encoder, reals) and not learns(model.encoder, fakes)
    assert learns(model.generator, fakes) and not learns(model.generator, reals)


def test_decay_takes_a_share_of_each_weight():
    model = BiGAN(**TINY | {"weight_decay": 0.25})
    weights = model.generator.trainable_variables
    with tf.GradientTape() as tape:
        loss = model.decay_loss(weights)
    for gradient, weight in zip(tape.gradient(loss, weights), weights, strict=True):
        np.testing.assert_allclose(gradient, 0.25 * weight.numpy(), rtol=1e-6)


def written_out(model, batch, rate):
    """One step by plain SGD in eager mode: both updates from one forward pass."""
    is_ali, size = isinstance(model, ALI), len(batch)
    draw = randomness.normal if is_ali else randomness.uniform
    latents = draw((size, 3), model.key("latents"))
    latents = latents if is_ali else 2.0 * latents - 1.0
    sides = {
        "discriminator": model.discriminator.trainable_variables,
        "generator": model.generator.trainable_variables + model.encoder.trainable_variables,
    }
    with tf.GradientTape(persistent=True) as tape:
        fakes = model.generator(latents, training=True)
        encoded = model.encoder(batch, training=True)
        if is_ali:
            mean, log_deviation = encoded
            noise = randomness.normal((size, 3), model.key("encodings"))
            encoded = mean + tf.exp(log_deviation) * noise
            keys = [
                randomness.example_keys(size, model.key(f"dropout/{w}")) for w in ("reals", "fakes")
            ]
            pairs = [tf.concat(x, 0) for x in ((batch, fakes), (encoded, latents), keys)]
            real, fake = tf.split(model.discriminator(pairs, training=True), 2)
        else:
            real = model.discriminator([batch, encoded], training=True)
            fake = model.discriminator([fakes, latents], training=True)
        share = 1.0 if is_ali else 0.5
        losses = {
            "discriminator": share * tf.reduce_mean(tf.nn.softplus(-real) + tf.nn.softplus(fake)),
            "generator": share * tf.reduce_mean(tf.nn.softplus(real) + tf.nn.softplus(-fake)),
        }
        decays = {
            side: 0.0 if is_ali else sum(tf.reduce_sum(w**2) for w in weights) * 0.5 * 0.01
            for side, weights in sides.items()
        }
        objectives = {side: losses[side] + decays[side] for side in sides}
    gradients = {side: tape.gradient(objectives[side], sides[side]) for side in sides}
    for side, weights in sides.items():
        for weight, gradient in zip(weights, gradients[side], strict=True):
            weight.assign_sub(rate * gradient)
    model.step.assign_add(1)
    return [float(losses[side]) for side in ("discriminator", "generator")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("new", "rate"),
    [(lambda: BiGAN(**TINY, weight_decay=0.01), 0.1), (lambda: ALI(**TINY_ALI), 0.01)],
    ids=["bigan", "ali"],
)
def test_the_compiled_step_is_the_step_written_out(new, rate):
    keras.utils.set_random_seed(0)
    ours, theirs = new(), new()
    widen(ours)
    begin = ours.get_weights()
    theirs.set_weights(begin)
    ours.compile(*(keras.optimizers.SGD(rate) for _ in range(2)))
    step = tf.function(ours.train_step)
    totals = np.zeros(2)
    for number in range(6):
        batch = images(4 + number % 2, ours.image_shape)  # of two sizes: two traces
        losses = written_out(theirs, tf.constant(batch), rate)
        found = step(tf.constant(batch))
        # The means since the first step: the last one's losses are in them.
        totals = np.add(totals, losses)
        means = [float(found[f"{side}_loss"]) for side in ("discriminator", "generator")]
        np.testing.assert_allclose(means, totals / (number + 1), rtol=1e-3)
    moved = [np.abs(new - old).max() for new, old in zip(ours.get_weights(), begin, strict=True)]
    assert min(m for m, w in zip(moved, ours.weights, strict=True) if w.name == "kernel") > 1e-3
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=1e-4)


def test_biases_begin_at_the_mean_of_the_first_500_images():
    model = ALI(**TINY_ALI, moving_average=0.9)
    data = images(600, (28, 28, 1))
    data[500:] = 1.0
    model.adapt(tf.data.Dataset.from_tensor_slices(data).batch(64))
    for network in (model.generator, model.generator_averages[0]):
        kernels = [w for w in network.weights if w.name == "kernel"]
        for kernel in kernels:
            kernel.assign(tf.zeros_like(kernel))
        made = network(tf.zeros((1, 3)))
        np.testing.assert_allclose(made[0], data[:500].mean(axis=0), atol=1e-4)


@pytest.mark.parametrize("model", [BiGAN(**TINY), ALI(**TINY_ALI)], ids=["bigan", "ali"])
def test_reconstructions_are_images_of_encodings_which_are_latents(model):
    batch = images(2, model.image_shape)
    encoded = model.encode(batch)
    assert encoded.shape == (2, 3)
    np.testing.assert_array_equal(model.reconstruct(batch), model(encoded))
    if isinstance(model, ALI):
        np.testing.assert_array_equal(encoded, model.encoder(batch)[0])
    shown = model.sample_images(batch)
    assert list(shown) == ["samples", "reconstructions"]
    pairs = np.concatenate([batch, model.reconstruct(batch)], axis=2)
    np.testing.assert_array_equal(shown["reconstructions"], pairs)


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (lambda: BiGAN(**TINY | {"units": 0}), "units must be at least 1"),
        (lambda: BiGAN(**TINY | {"weight_decay": -1.0}), "weight_decay at least 0"),
        (lambda: ALI((32, 28, 1)), r"squares of 32 or 28 pixels.*\(32, 28, 1\)"),
        (lambda: ALI((32, 32, 3), networks="celeba"), "squares of 64 pixels"),
        (lambda: ALI((32, 32, 2)), "1 or 3 channels"),
        (lambda: ALI(networks="celebra"), "did you mean 'celeba'"),
        (lambda: ALI(latent_dim=0), "latent_dim and filters must be at least 1"),
    ],
)
def test_arguments_out_of_range_are_refused(new, message):
    with pytest.raises(InputError, match=message):
        new()
