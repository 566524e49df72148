import urllib.request
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import load_dataset
from ganzoo.errors import InputError, ResourceError
from ganzoo.images.ranges import to_uint8
from ganzoo.metrics import FeatureBank, InceptionScore, collect, extract, open_extractor

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.uniform(-1, 1, (10, 6, 5, 3)).astype(np.float32)


def small_classifier(channels=3, side=None):
    inputs = keras.Input((side, side, channels))
    features = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3)(inputs))
    logits = keras.layers.Dense(3)(features)
    return keras.Model(inputs, {"features": features, "logits": logits}, name="small")


def all_features(extractor, batches):
    bank = FeatureBank()
    collect(extractor, batches, bank)
    return bank.features


def as_kept(images):
    """As pictures of 8 bits hold them."""
    return np.round((images + 1) * 127.5) / 127.5 - 1


def test_a_functions_features_are_its_own():
    def means(images):
        assert images.dtype == np.float32
        return images.mean((1, 2))

    extractor = open_extractor(means)
    assert extractor.protocol == {"extractor": "means", "digest": None, "resize": None}
    found = all_features(extractor, [IMAGES[:7], IMAGES[7:]])
    np.testing.assert_allclose(found, as_kept(IMAGES).mean((1, 2)), atol=1e-6)


def test_a_keras_file_is_an_extractor_and_its_digest_that_of_its_weights(tmp_path):
    model = small_classifier()
    model.save(tmp_path / "small.keras")
    from_file = open_extractor(tmp_path / "small.keras")
    from_model = open_extractor(model)
    assert from_file.name == "small.keras"
    assert from_file.digest == from_model.digest
    (outputs,) = extract(from_file, [IMAGES])
    expected = model(as_kept(IMAGES))
    for name in ("features", "logits"):
        np.testing.assert_allclose(outputs[name], expected[name], rtol=1e-5, atol=1e-5)
    model.layers[1].bias.assign([1, 2, 3, 4])
    assert open_extractor(model).digest != from_model.digest


def test_images_come_to_the_size_and_channels_that_a_model_takes():
    model = small_classifier(channels=1, side=8)
    for resize in ("antialiased", "legacy"):
        extractor = open_extractor(model, resize)
        assert extractor.resize == resize
        (outputs,) = extract(extractor, [IMAGES])
        assert outputs["features"].shape == (10, 4)
    grey = tf.image.rgb_to_grayscale(tf.repeat(as_kept(IMAGES[..., :1]), 3, -1))
    grey = tf.image.resize(grey, (8, 8), "bicubic", antialias=True)
    expected = model(tf.clip_by_value(grey, -1, 1))["features"]
    found = all_features(open_extractor(model), [IMAGES[..., :1]])
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_a_classifier_of_keras_gives_what_its_last_layer_sees_and_its_logits(tmp_path):
    network = keras.applications.MobileNet(weights=None, classifier_activation=None)
    network.save_weights(tmp_path / "random.weights.h5")
    keras.config.set_dtype_policy("mixed_bfloat16")  # which is not for what measures
    try:
        extractor = open_extractor("mobilenet", weights=tmp_path / "random.weights.h5")
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy("float32")
    assert extractor.name == "MobileNet"
    (outputs,) = extract(extractor, [IMAGES[:2]])
    assert outputs["features"].shape == (2, 1024)
    resized = tf.image.resize(as_kept(IMAGES[:2]), (224, 224), "bicubic", antialias=True)
    expected = network(tf.clip_by_value(resized, -1, 1)).numpy()
    scale = abs(expected).max()  # of weights drawn at random, tiny
    np.testing.assert_allclose(outputs["logits"] / scale, expected / scale, atol=1e-4)
    kernel, bias = network.layers[-3].get_weights()
    np.testing.assert_allclose(
        (outputs["features"] @ kernel[0, 0] + bias) / scale, expected / scale, atol=1e-4
    )


def test_the_classifier_of_garments_comes_with_ganzoo_and_knows_them():
    images, labels = next(
        iter(load_dataset("sample", "labelled", image_shape=(28, 28, 1), batch_size=256))
    )
    extractor = open_extractor("garments")
    outputs = extractor.network(np.repeat(to_uint8(images).numpy(), 3, -1))
    assert outputs["features"].shape == (256, 96)
    right = np.argmax(outputs["logits"], -1) == labels.numpy()
    assert right.mean() > 0.85  # of images that it was not trained on
    assert extractor.protocol["extractor"] == "garments" and len(extractor.digest) == 16


def test_the_digest_and_the_features_do_not_depend_on_the_batches():
    extractor = open_extractor(small_classifier())
    whole = all_features(extractor, [IMAGES])
    parts = all_features(extractor, np.split(IMAGES, [1, 4]))
    np.testing.assert_allclose(whole, parts, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda images: images, r"shape \(batch, dimensions\). Received: \(10, 6, 5, 3\)"),
        (lambda images: images.mean((1, 2))[:3], r"Received: \(3, 3\) of 10 images"),
        (lambda images: np.full((len(images), 2), np.nan), "not finite"),
    ],
)
def test_what_is_no_feature_is_refused(function, message):
    with pytest.raises(InputError, match=message):
        list(extract(open_extractor(function), [IMAGES]))


def test_an_inception_score_needs_a_classifier():
    extractor = open_extractor(lambda images: images.mean((1, 2)))
    with pytest.raises(InputError, match="InceptionScore needs logits, which a classifier has"):
        collect(extractor, [IMAGES], InceptionScore())


def test_unknown_names_and_missing_files_are_refused(tmp_path):
    with pytest.raises(InputError, match="did you mean 'MobileNetV2'"):
        open_extractor("MobileNetV22")
    with pytest.raises(InputError, match="did you mean 'inception'"):
        open_extractor("incepton")
    with pytest.raises(InputError, match="Unknown resize"):
        open_extractor("inception", "bilinear")
    with pytest.raises(ResourceError, match="no such model"):
        open_extractor(tmp_path / "none.keras")
    with pytest.raises(ResourceError, match="no file with weights"):
        open_extractor("inception", weights=tmp_path / "none.pth")


KEPT = list((Path.home() / ".keras/models").glob("weights_mobilenet_v3_small*"))


@pytest.mark.filterwarnings("ignore:.input_shape. is undefined")  # Keras, of its own default
@pytest.mark.skipif(bool(KEPT), reason="these weights were downloaded on this machine before")
def test_where_keras_weights_cannot_be_downloaded_the_error_says_what_to_put_where(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # where nothing answers
    monkeypatch.setattr(urllib.request, "_opener", None)  # it keeps its proxies
    with pytest.raises(ResourceError) as caught:
        open_extractor("MobileNetV3Small")
    message = str(caught.value)
    assert "The weights of MobileNetV3Small cannot be downloaded: URL fetch failure on" in message
    assert "https://" in message and ".h5" in message
    assert message.endswith(".keras/models'")


def test_inception_opens_from_a_file_only_with_its_own_weights():
    with pytest.raises(InputError, match="not the weights of the Inception network"):
        open_extractor("inception", weights=Path(__file__).parents[1] / "saving/files/stream.pth")
