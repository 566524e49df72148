"""What each metric compares, for each kind of model, against the metric called by hand."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import CDCGAN, CGAN, GAN, CycleGAN, Pix2Pix, load_config, metrics
from ganzoo.abilities import Abilities, abilities_of
from ganzoo.data.loading import open_pipeline
from ganzoo.data.settings import DataSettings
from ganzoo.errors import InputError
from ganzoo.evaluation.choices import check_metrics, default_extractor
from ganzoo.evaluation.measurement import Measurement
from ganzoo.runs.loading import create_from_config

pytestmark = pytest.mark.slow

COUNT = 24
SETTINGS = {
    "gan": {"latent_dim": 4, "generator_units": 8, "maxout_units": 4},
    "cdcgan": {"latent_dim": 4, "filters": 2},
    "bigan": {"latent_dim": 4, "units": 8},
    "caae": {"latent_dim": 4, "filters": 2, "discriminator_filters": 2},
    "pix2pix": {"filters": 2, "receptive_field": 16},
    "cyclegan": {"filters": 2, "blocks": 1},
}


def four_by_four(images):
    """A small extractor: sixteen pixels."""
    return tf.reshape(tf.image.resize(images[..., :1], (4, 4), "area"), (len(images), -1))


def opened(name, names, **settings):
    """A measurement and a model of random weights."""
    size = 24 if name == "cyclegan" else 16
    config = load_config(name, image_size=size, **SETTINGS[name])
    model = create_from_config(config)
    settings = {"count": COUNT, "extractor": four_by_four} | settings
    return Measurement(config, names, model=model, **settings), model, config


def data(config, batch_format, split="train"):
    """All of a split in order, as arrays."""
    values = config.arguments(DataSettings) | {
        "split": split, "shuffle": False, "jitter": 0.0, "horizontal_flip": False,
    }  # fmt: skip
    settings = DataSettings(**values)
    return open_pipeline(config.values["dataset"], batch_format, settings).first_examples(10_000)


def by_hand(reals, fakes):
    extractor = metrics.open_extractor(four_by_four)
    sets = []
    for images in (reals, fakes):
        bank, statistics = metrics.FeatureBank(), metrics.Statistics()
        metrics.collect(extractor, [images], bank, statistics)
        sets.append((statistics, bank.features))
    (first, x), (second, y) = sets
    return {
        "fid": metrics.frechet_distance(first, second).value,
        "kid": metrics.kernel_distance(x, y, subset_size=len(x) // 2).value,
        "precision": metrics.manifold(x, y, k=3).value,
        "coverage": metrics.manifold(x, y, k=5).values["coverage"],
    }


def test_samples_are_compared_with_the_first_training_images():
    measurement, model, config = opened("gan", ["manifold", "fid", "kid"])
    results = measurement(model)
    assert [result.metric for result in results] == ["manifold", "fid", "kid"]  # in that order
    found = results[0].values | results[1].values | results[2].values
    reals = data(config, "images")[:COUNT]
    expected = by_hand(reals, model(model.latents_of_seeds(np.arange(COUNT))))
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-5), name
    assert results[1].protocol["images"] == [COUNT, COUNT]
    assert results[1].protocol["reference"] == "sample"
    assert results[0].protocol["k"] == [3, 5]
    assert measurement.higher_is_better
    assert measurement.score(results) == found["precision"]


def test_classes_are_as_frequent_as_in_the_data_and_their_diversity_is_measured():
    measurement, model, config = opened("cdcgan", ["fid", "class_diversity"], count=60)
    fid, diversity = measurement(model)
    images, labels = data(config, "labelled")
    fakes = model((model.latents_of_seeds(np.arange(60)), labels[:60]))
    assert fid.value == pytest.approx(by_hand(images[:60], fakes)["fid"], rel=1e-5)
    expected = metrics.class_diversity(fakes.numpy(), labels[:60].numpy())
    assert diversity.values == pytest.approx(expected.values, rel=1e-4)


def test_parzen_windows_and_memorisation_look_at_images_that_were_held_out():
    measurement, model, config = opened("gan", ["parzen", "memorisation"], seed=7)
    parzen, memorisation = measurement(model)
    test = data(config, "images", "test")[:COUNT]
    fakes = model(model.latents_of_seeds(7 + np.arange(COUNT)))
    expected = metrics.parzen_log_likelihood([fakes], [test[:2]], [test[2:]])
    assert parzen.value == pytest.approx(expected.value, rel=1e-4)
    training = [data(config, "images")]
    expected = metrics.memorisation(fakes.numpy(), test.numpy(), training)
    assert memorisation.value == pytest.approx(expected.value, abs=1e-6)


@pytest.mark.parametrize("name", ["bigan", "caae"])
def test_reconstructions_and_encodings_are_of_held_out_images(name):
    names = ["reconstruction", "feature_reconstruction", "encoding_neighbours"]
    measurement, model, config = opened(name, names)
    results = {result.metric: result for result in measurement(model)}
    images, labels = (np.array(part[:COUNT]) for part in data(config, "labelled", "test"))
    made = model.reconstruct(images, *((labels,) if name == "caae" else ())).numpy()
    paired = metrics.paired([(made, images)], "reconstruction")
    assert results["reconstruction"].values == pytest.approx(paired.values, rel=1e-4)
    extractor = metrics.open_extractor(four_by_four)
    distance = metrics.feature_reconstruction([(made, images)], extractor)
    assert results["feature_reconstruction"].value == pytest.approx(distance.value, rel=1e-3)
    known, their_labels = (np.array(part[:COUNT]) for part in data(config, "labelled"))
    by_hand = metrics.encoding_neighbours(
        model.encode(known).numpy(), known, their_labels, model.encode(images).numpy(), images,
        labels,
    )  # fmt: skip
    assert results["encoding_neighbours"].values == by_hand.values


def test_outputs_are_compared_with_their_own_targets():
    measurement, model, config = opened("pix2pix", ["fid", "paired", "noise_diversity"])
    fid, paired, diversity = measurement(model)
    inputs, targets = (part[:COUNT] for part in data(config, "paired", "test"))
    outputs = model.translate(inputs)
    expected = metrics.paired([(outputs, targets)])
    assert paired.values == pytest.approx(expected.values, rel=1e-4)
    assert fid.value == pytest.approx(by_hand(targets, outputs)["fid"], rel=1e-4)
    assert diversity.protocol["draws"] == [4] and 0 < diversity.value < 1


def test_each_way_of_a_translator_has_figures_of_its_own():
    measurement, model, config = opened("cyclegan", ["cycle", "fid"])
    results = measurement(model)
    names = ["cycle_reconstruction_ab", "cycle_reconstruction_ba", "fid_ab", "fid_ba"]
    assert [result.metric for result in results] == names
    a, b = (part[:COUNT] for part in data(config, "unpaired", "test"))
    expected = by_hand(b, model.translate(a, "ab"))["fid"]
    assert results[2].values == {"fid_ab": pytest.approx(expected, rel=1e-4)}
    expected = by_hand(a, model.translate(b, "ba"))["fid"]
    assert results[3].value == pytest.approx(expected, rel=1e-4)
    back = model.translate(model.translate(b, "ba"), "ab")
    assert results[1].values["l1_ba"] == pytest.approx(np.abs(back - b).mean(), rel=1e-4)
    assert measurement.score(results) == pytest.approx(
        np.mean([results[0].value, results[1].value])
    )
    assert not measurement.higher_is_better


def test_images_of_the_smaller_domain_come_once():
    measurement, model, _ = opened("cyclegan", ["fid"], count=10_000)
    sizes = [result.protocol["images"] for result in measurement(model)]
    assert sizes == [[101, 90], [90, 101]]


def test_every_kind_of_model_has_usual_metrics_and_others_are_refused_by_name():
    usual = {GAN: ("fid", "kid"), CGAN: ("fid", "kid"), Pix2Pix: ("paired",)}
    for model, names in (usual | {CycleGAN: ("fid", "kid", "cycle")}).items():
        assert check_metrics(None, model) == names
        assert check_metrics(names, model) == names
    assert check_metrics(["kid", "fid", "kid"], GAN) == ("kid", "fid")
    with pytest.raises(InputError, match=r"metric of GAN; did you mean 'fid'\? .*: 'fidd'"):
        check_metrics(["fidd"], GAN)
    for name, model in (("cycle", Pix2Pix), ("class_diversity", GAN), ("parzen", CycleGAN)):
        with pytest.raises(InputError, match=f"Unknown metric of .*Received: '{name}'"):
            check_metrics([name], model)
    with pytest.raises(InputError, match=r"There must be a metric to measure\. Received: \[\]"):
        check_metrics([], Pix2Pix)


def test_what_a_model_can_do_is_asked_of_it():
    nothing = Abilities(
        samples=False, encodes=False, num_classes=None, class_names=(), attributes=(),
        directions=(), has_targets=False,
    )  # fmt: skip
    assert abilities_of(GAN) == replace(nothing, samples=True)
    assert abilities_of(Pix2Pix) == replace(nothing, directions=("ab",), has_targets=True)
    assert abilities_of(CycleGAN) == replace(nothing, directions=("ab", "ba"))
    sizes = {"image_shape": (8, 8, 1), "generator_units": (2, 2, 4), "maxout_units": (2, 2, 2)}
    assert abilities_of(CGAN(num_classes=3, **sizes)) == replace(
        nothing, samples=True, num_classes=3
    )
    with_attributes = CDCGAN((8, 8, 1), attributes=("red", "old"), filters=1)
    assert abilities_of(with_attributes) == replace(
        nothing, samples=True, attributes=("red", "old")
    )
    assert abilities_of(with_attributes).takes_labels and not abilities_of(GAN).takes_labels


@pytest.mark.parametrize(
    ("dataset", "right"),
    [("sample", "garments"), ("fashion_mnist", "garments"), ("mnist", "inception")],
)
def test_the_extractor_is_chosen_by_the_dataset_alone(dataset, right):
    assert default_extractor(dataset) == right


def test_the_embedded_images_are_measured_without_a_download():
    measurement, model, _ = opened("gan", ["kid"], extractor=None)
    (kid,) = measurement(model)
    assert kid.protocol["extractor"] == "garments" and kid.value > 0.1  # it is not trained


def test_one_image_is_no_set():
    with pytest.raises(InputError, match=r"num_images must be at least 2\. Received: 1"):
        opened("gan", ["fid"], count=1)
