"""The layers that Keras lacks, against numpy and against the claims in their docstrings."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import randomness
from ganzoo.errors import InputError
from ganzoo.layers import (
    BatchNormalization,
    ImagePool,
    InstanceNormalization,
    KeyedDropout,
    LayerNormalization,
    Maxout,
    OneHotLabelMaps,
    OneHotLabels,
    PixelShuffle,
    ReflectionPadding2D,
    SingleBatchNormalization,
    UntiedBias,
)

NOISE = np.random.default_rng(0)


def keys(count, step=0):
    return randomness.example_keys(count, randomness.key(0, "test", step))


# Dropout.


def test_dropout_keeps_its_share_and_the_mean():
    ones = tf.ones((200, 500))
    dropped = KeyedDropout(0.2, "a")(ones, keys(200), training=True).numpy()
    assert set(np.unique(dropped)) == {np.float32(0), np.float32(1.25)}
    assert dropped.mean() == pytest.approx(1, abs=4 * 0.5 / np.sqrt(dropped.size))


def test_dropout_at_inference_is_off_unless_it_is_the_noise():
    ones = tf.ones((4, 50))
    np.testing.assert_array_equal(KeyedDropout(0.5, "a")(ones, keys(4), training=False), ones)
    noisy = KeyedDropout(0.5, "a", at_inference=True)(ones, keys(4), training=False)
    assert 0 < np.mean(noisy == 0) < 1


def test_an_examples_mask_does_not_depend_on_its_batch():
    layer, ones, some = KeyedDropout(0.5, "a"), tf.ones((4, 30, 2)), keys(4)
    together = layer(ones, some, training=True)
    alone = layer(ones[2:3], some[2:3], training=True)
    np.testing.assert_array_equal(together[2:3], alone)


def test_masks_differ_between_examples_streams_and_steps():
    ones = tf.ones((2, 1000))
    masks = [
        row
        for stream, step in (("a", 0), ("b", 0), ("a", 1))
        for row in KeyedDropout(0.5, stream)(ones, keys(2, step), training=True).numpy() > 0
    ]
    for index, mask in enumerate(masks):
        for other in masks[:index]:
            assert np.mean(mask == other) == pytest.approx(0.5, abs=0.08)  # 5 standard deviations


def test_a_dropout_rate_out_of_range_is_refused():
    with pytest.raises(InputError, match=r"must be in \[0, 1\)\. Received: 1.0"):
        KeyedDropout(1.0, "a")


# Maxout.


def test_maxout_takes_the_largest_of_each_group():
    values = NOISE.normal(size=(3, 12)).astype(np.float32)
    np.testing.assert_array_equal(Maxout(4)(values), values.reshape(3, 3, 4).max(-1))


def test_maxout_refuses_what_it_cannot_deal_into_groups():
    with pytest.raises(InputError, match=r"a multiple of 5 values\. Received: 12"):
        Maxout(5)(np.zeros((1, 12), np.float32))


# Reflection.


def test_reflection_padding_is_numpys():
    images = NOISE.normal(size=(2, 5, 7, 3)).astype(np.float32)
    expected = np.pad(images, ((0, 0), (3, 3), (3, 3), (0, 0)), mode="reflect")
    np.testing.assert_array_equal(ReflectionPadding2D(3)(images), expected)


# Normalisation.


def normalised(images, axes):
    mean = images.mean(axes, keepdims=True)
    return (images - mean) / np.sqrt(images.var(axes, keepdims=True) + 1e-5)


def trained(layer, images, passes=3):
    """What a layer answers, its gradients, and its weights, after some passes in training."""

    @tf.function
    def step(images):
        with tf.GradientTape() as tape:
            tape.watch(images)
            outputs = layer(images, training=True)
            loss = tf.reduce_sum(tf.sin(3.0 * tf.cast(outputs, tf.float32)))
        return outputs, tape.gradient(loss, [images, *layer.trainable_variables])

    for _ in range(passes):
        outputs, gradients = step(images)
    return [x.numpy().astype(np.float64) for x in (outputs, *gradients)] + layer.get_weights()


@pytest.mark.parametrize(
    ("shape", "dtype", "tolerance"),
    [
        ((5, 6, 4, 3), "float32", 1e-4),
        ((5, 6, 4, 3), "mixed_bfloat16", 0.1),
        ((5, 6, 4, 3), "mixed_float16", 0.02),
        ((5, 6, 4, 3), "float64", 1e-9),
        ((1, 1, 1, 3), "float32", 1e-4),
        ((7, 3), "float32", 1e-4),
    ],
)
def test_batch_normalisation_is_keras_own(shape, dtype, tolerance):
    images = tf.constant(2 + 3 * NOISE.normal(size=shape), keras.DTypePolicy(dtype).compute_dtype)
    settings = {"momentum": 0.9, "epsilon": 1e-5, "dtype": dtype}
    keras_own = trained(keras.layers.BatchNormalization(**settings), images)
    for ours, theirs in zip(
        trained(BatchNormalization(**settings), images), keras_own, strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=tolerance * max(1, np.abs(theirs).max()))


@pytest.mark.parametrize(
    ("shape", "dtype", "tolerance"),
    [
        ((3, 6, 4, 3), "float32", 1e-4),
        ((3, 6, 4, 3), "mixed_bfloat16", 0.1),
        ((3, 6, 4, 3), "float64", 1e-9),
        ((1, 6, 4, 3), "float32", 1e-4),
        ((20, 6, 4, 3), "float32", 1e-4),
        ((2, 256, 256, 2), "float32", 1e-4),
    ],
)
def test_instance_normalisation_is_keras_group_normalisation(shape, dtype, tolerance):
    compute_dtype = keras.DTypePolicy(dtype).compute_dtype
    images = tf.constant(2 + 3 * NOISE.normal(size=shape), compute_dtype)
    keras_layer = keras.layers.GroupNormalization(
        -1, epsilon=1e-5, center=False, scale=False, dtype=dtype
    )
    keras_layer.build(images.shape)
    layer = InstanceNormalization(dtype=dtype)
    any_batch = [tf.TensorSpec((None, *shape[1:]), compute_dtype)]

    def outputs_and_gradient(function):
        with tf.GradientTape() as tape:
            tape.watch(images)
            outputs = function(images)
            loss = tf.reduce_sum(tf.sin(3.0 * tf.cast(outputs, tf.float32)))
        return [x.numpy().astype(np.float64) for x in (outputs, tape.gradient(loss, images))]

    expected = outputs_and_gradient(keras_layer)
    for function in (
        layer,
        lambda x: layer(x, training=True),
        tf.function(lambda x: layer(x, training=True), input_signature=any_batch),
    ):
        for ours, theirs in zip(outputs_and_gradient(function), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=tolerance * max(1, np.abs(theirs).max()))


def test_in_training_the_statistics_are_the_batchs_and_at_inference_each_images_own():
    images = (5 + 3 * NOISE.normal(size=(4, 6, 5, 2))).astype(np.float32)
    layer = SingleBatchNormalization()
    np.testing.assert_allclose(
        layer(images, training=True), normalised(images, (0, 1, 2)), atol=1e-5
    )
    np.testing.assert_allclose(layer(images, training=False), normalised(images, (1, 2)), atol=1e-5)


def test_gain_and_bias_are_learned_per_channel():
    images = NOISE.normal(size=(4, 6, 5, 2)).astype(np.float32)
    layer = SingleBatchNormalization()
    layer.build(images.shape)
    layer.gamma.assign([2.0, 3.0])
    layer.beta.assign([-1.0, 1.0])
    expected = normalised(images, (0, 1, 2)) * [2, 3] + [-1, 1]
    np.testing.assert_allclose(layer(images, training=True), expected, atol=1e-5)


# The pool.


def numbered(first, count):
    """Images whose pixels are their numbers."""
    return (
        tf.ones((count, 1, 1, 1))
        * tf.range(first, first + count, dtype=tf.float32)[:, None, None, None]
    )


def exchange(pool, first, count, step):
    images = pool(numbered(first, count), randomness.key(0, "pool", step))
    return [int(value) for value in images[:, 0, 0, 0]]


@pytest.mark.parametrize("batch", [1, 3])
def test_a_pool_is_filled_first_and_hands_out_what_fills_it(batch):
    pool = ImagePool(7, (1, 1, 1))
    for step in range(7 // batch):
        first = step * batch + 1
        assert exchange(pool, first, batch, step) == list(range(first, first + batch))
    assert int(pool.count) == 7 // batch * batch


@pytest.mark.parametrize("batch", [1, 3])
def test_a_full_pool_replaces_half_of_the_new_images_and_none_twice(batch):
    size, steps = 6, 600
    pool = ImagePool(size, (1, 1, 1))
    step_in_graph = tf.function(lambda first, step: exchange_in_graph(pool, first, batch, step))
    new = np.arange(steps * batch)
    out = np.concatenate(
        [step_in_graph(tf.constant(1.0 * step * batch), tf.constant(step)) for step in range(steps)]
    )
    new, out = new[size:], out[size:]
    assert np.mean(new != out) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(len(new)))
    assert np.all(out <= new)
    late = out[out >= size]  # what filled the pool was handed out once before
    assert len(set(late)) == len(late)


def exchange_in_graph(pool, first, batch, step):
    images = first + tf.range(batch, dtype=tf.float32)[:, None, None, None]
    return pool(images, randomness.key(0, "pool", step))[:, 0, 0, 0]


def test_a_pool_does_the_same_under_xla():
    handed_out = []
    for jit_compile in (False, True):
        pool = ImagePool(4, (1, 1, 1))
        step_in_graph = tf.function(
            lambda first, step, pool=pool: exchange_in_graph(pool, first, 2, step),
            jit_compile=jit_compile,
        )
        handed_out.append(
            [step_in_graph(tf.constant(2.0 * i), tf.constant(i)).numpy() for i in range(30)]
        )
    np.testing.assert_array_equal(*handed_out)


def test_a_pool_smaller_than_a_batch_is_refused():
    with pytest.raises(InputError, match=r"must hold a whole batch\. Received: .* of 3"):
        exchange(ImagePool(2, (1, 1, 1)), 1, 3, 0)


def test_every_layer_comes_back_from_its_config():
    for layer in (
        KeyedDropout(0.5, "a", at_inference=True),
        Maxout(3),
        LayerNormalization(1e-3, keras.initializers.RandomNormal(1.0, 0.02, seed=1)),
        PixelShuffle(3),
        ReflectionPadding2D(2),
        SingleBatchNormalization(1e-3, keras.initializers.RandomNormal(1.0, 0.02, seed=1)),
        ImagePool(3, (2, 2, 1)),
    ):
        config = keras.saving.serialize_keras_object(layer)
        again = keras.saving.deserialize_keras_object(config)
        assert again.get_config() == layer.get_config()


# Labels.


def test_labels_become_one_hot_vectors():
    vectors = OneHotLabels(4)(tf.constant([2, 0, 3], tf.int64))
    np.testing.assert_array_equal(vectors, np.eye(4)[[2, 0, 3]])
    assert OneHotLabels(4, dtype="mixed_bfloat16")(tf.constant([1])).dtype == "bfloat16"


@pytest.mark.parametrize(("labels", "worst"), [([0, 4], 4), ([-2, 9], -2)])
def test_a_label_outside_is_named_in_eager_mode_and_in_a_graph_and_nan_under_xla(labels, worst):
    layer, labels = OneHotLabels(4), tf.constant(labels)
    with pytest.raises(InputError, match=rf"num_classes - 1, 3\. Received: {worst}"):
        layer(labels)
    with pytest.raises(tf.errors.InvalidArgumentError, match=rf"Received:\] \[{worst}\]"):
        tf.function(layer)(labels)
    vectors = tf.function(layer, jit_compile=True)(labels).numpy()
    outside = (labels.numpy() < 0) | (labels.numpy() > 3)
    np.testing.assert_array_equal(np.isnan(vectors), np.repeat(outside[:, None], 4, axis=1))


def test_label_maps_are_one_hot_at_each_pixel():
    ids = NOISE.integers(0, 5, (2, 3, 4), np.uint8)
    for given in (ids, ids[..., None], ids.astype(np.int64)):
        np.testing.assert_array_equal(OneHotLabelMaps(5)(tf.constant(given)), np.eye(5)[ids])


def test_an_id_outside_is_an_error_and_under_xla_nan_at_its_pixel_alone():
    layer, ids = OneHotLabelMaps(5), tf.constant([[[0, 4], [5, 1]]])
    with pytest.raises(InputError, match=r"Ids of label maps must be in 0 to 4\. Received: 5"):
        layer(ids)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Received:\] \[5\]"):
        tf.function(layer)(ids)
    vectors = tf.function(layer, jit_compile=True)(ids).numpy()
    np.testing.assert_array_equal(np.isnan(vectors).all(-1), [[[False, False], [True, False]]])
    assert np.isnan(vectors).sum() == 5


def test_a_pixel_shuffle_makes_squares_of_pixels_of_the_channels_of_one():
    inputs = np.arange(2 * 3 * 5 * 8, dtype=np.float32).reshape(2, 3, 5, 8)
    outputs = PixelShuffle()(inputs).numpy()
    assert outputs.shape == (2, 6, 10, 2)
    for row, column in np.ndindex(2, 2):
        channels = inputs[..., 4 * row + 2 * column :][..., :2]
        np.testing.assert_array_equal(outputs[:, row::2, column::2], channels)


def test_layer_normalisation_is_of_one_image_over_all_of_its_map():
    maps = np.random.default_rng(0).normal(3.0, 2.0, (4, 8, 8, 6)).astype("float32")
    layer = LayerNormalization(gamma_initializer=keras.initializers.RandomNormal(1.0, 0.1, 0))
    outputs = layer(maps).numpy()
    flat = (outputs / layer.gamma.numpy()).reshape(4, -1)
    np.testing.assert_allclose(flat.mean(1), 0, atol=1e-5)
    np.testing.assert_allclose(flat.std(1), 1, atol=1e-4)
    np.testing.assert_allclose(layer(maps[:1]), outputs[:1], atol=1e-5)


def test_layer_normalisation_has_the_second_derivatives_that_keras_lacks():
    # d/de of the gradient along a way, by tapes and by a finite difference.
    x, way, along = np.random.default_rng(0).normal(size=(3, 1, 2, 2, 3))

    def error(layer):
        layer.build(x.shape)

        def slope(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                total = tf.reduce_sum(layer(x) ** 3)
            return tf.reduce_sum(tape.gradient(total, x) * way)

        with tf.GradientTape() as tape:
            point = tf.constant(x)
            tape.watch(point)
            value = slope(point)
        found = float(tf.reduce_sum(tape.gradient(value, point) * along))
        ahead, behind = (float(slope(tf.constant(x + e * along))) for e in (1e-5, -1e-5))
        return abs(found / ((ahead - behind) / 2e-5) - 1)

    assert error(LayerNormalization(dtype="float64")) < 1e-6
    assert error(keras.layers.GroupNormalization(1, dtype="float64")) > 1e-3


def test_untied_biases_are_of_each_place_and_channel():
    layer = UntiedBias()
    x = np.ones((2, 2, 3, 4), np.float32)
    layer.build(x.shape)
    assert layer.bias.shape == (2, 3, 4)
    bias = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    layer.bias.assign(bias)
    np.testing.assert_array_equal(layer(x), x + bias)


def test_maxout_of_maps_takes_the_maximum_over_neighbouring_channels():
    maps = np.random.default_rng(0).normal(size=(2, 3, 3, 8)).astype(np.float32)
    expected = maps.reshape(2, 3, 3, 4, 2).max(-1)
    np.testing.assert_array_equal(Maxout(2)(maps), expected)
