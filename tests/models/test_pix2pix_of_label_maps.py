"""Pix2Pix whose inputs are label maps: what it takes, trains on, shows, and exports."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import ganzoo
from ganzoo import Pix2Pix, load_dataset, load_model
from ganzoo.config.config import load_config
from ganzoo.errors import InputError, ResourceError
from ganzoo.images.files import read_image
from ganzoo.images.label_maps import in_colors
from ganzoo.images.ranges import from_uint8, to_uint8
from ganzoo.runs.loading import create_from_config
from ganzoo.serving.pictures import decode_grey_png
from ganzoo.training.random_batches import random_batch

pytestmark = pytest.mark.slow

CLASSES = 5
TINY = {"image_shape": (8, 16, 3), "input_classes": CLASSES, "filters": 2, "receptive_field": 16}
NOISE = np.random.default_rng(0)
IDS = NOISE.integers(0, CLASSES, (2, 8, 16), np.uint8)
TARGETS = NOISE.uniform(-1, 1, (2, 8, 16, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def model(varied):
    return varied(Pix2Pix(**TINY), 4.0)


def test_settings_decide_the_format_before_a_model_is_built():
    assert Pix2Pix.batch_format_of({"input_classes": CLASSES}) == "label_maps"
    assert Pix2Pix.batch_format_of({"input_classes": None}) == "paired"
    config = load_config("pix2pix", input_classes=3)
    assert config.batch_format == "label_maps"
    assert {"input_colors", "color_distance", "direction"} <= config.values.keys()
    assert load_config("pix2pix").batch_format == "paired"
    assert "input_classes" not in load_config("cyclegan").values


def test_its_networks_take_as_many_channels_as_there_are_classes(model):
    assert model.batch_format == "label_maps"
    assert model.generator.inputs[0].shape[-1] == CLASSES
    assert model.example_shapes == {"inputs": (8, 16), "targets": (8, 16, 3)}
    assert Pix2Pix(image_shape=(8, 16, 3), filters=2, receptive_field=16).batch_format == "paired"


def test_it_is_the_model_of_images_whose_inputs_are_one_hot(model):
    one_hot = tf.constant(np.eye(CLASSES, dtype=np.float32)[IDS])
    keys = tf.zeros([2], tf.int64)
    np.testing.assert_array_equal(model(IDS), model.generator([one_hot, keys], training=False))
    losses, _ = model.forward_pass((tf.constant(IDS), tf.constant(TARGETS)), 0)
    noise = ganzoo.randomness.example_keys(2, model.key("dropout", 0))
    fakes = model.generator([one_hot, noise], training=False)
    np.testing.assert_allclose(losses["l1_loss"], np.abs(TARGETS - fakes).mean(), rtol=1e-5)


def test_it_trains_and_is_saved_and_loaded(tmp_path):
    model = Pix2Pix(**TINY)
    model.compile(run_eagerly=True)
    before = [weight.numpy() for weight in model.trainable_variables]
    model.fit(IDS, TARGETS, batch_size=2, verbose=0)
    for old, weight in zip(before, model.trainable_variables, strict=True):
        assert not np.array_equal(old, weight.numpy())
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    assert again.batch_format == "label_maps"
    np.testing.assert_array_equal(again(IDS), model(IDS))


def test_batches_of_its_data_are_batches_of_the_model():
    config = load_config("pix2pix", **TINY, batch_size=2)
    model = create_from_config(config)
    batch = random_batch(config, model)
    assert batch[0].dtype == tf.int32 and set(np.unique(batch[0])) == set(range(CLASSES))
    model.forward_pass(batch, 0)
    batches = load_dataset(
        "sample", "label_maps", input_classes=2, image_shape=(8, 16, 3), batch_size=2
    )
    model.forward_pass(next(iter(batches)), 0)


def test_a_batch_that_is_none_of_label_maps_is_refused(model):
    message = r"'label_maps' is inputs \(batch, 8, 16\) and targets \(batch, 8, 16, 3\)\. Rec"
    with pytest.raises(InputError, match=message):
        model.unpack((TARGETS, TARGETS))
    with pytest.raises(InputError, match=r"Label maps are integers\. Received: float32"):
        model.unpack((IDS.astype(np.float32), TARGETS))
    with pytest.raises(InputError, match=r"in 0 to 4\. Received: 7"):
        model.unpack((np.where(IDS == 0, np.uint8(7), IDS), TARGETS))
    with pytest.raises(InputError, match="images of input_channels, or label maps of input_cl"):
        Pix2Pix(**TINY, input_channels=1)


def test_a_grid_shows_a_colour_of_its_own_for_each_id(model):
    (strip,) = model.sample_images((tf.constant(IDS), tf.constant(TARGETS))).values()
    assert strip.shape == (2, 8, 48, 3)
    np.testing.assert_allclose(strip[:, :, :16], from_uint8(in_colors(IDS)))
    colors = in_colors(np.arange(256).reshape(1, 16, 16)).numpy().reshape(-1, 3)
    assert len({tuple(color) for color in colors}) == 256


def test_maps_of_any_size_are_translated(model):
    odd = NOISE.integers(0, CLASSES, (1, 5, 21, 1), np.uint8)
    assert model.translate(odd, seed=3).shape == (1, 5, 21, 3)
    same = model.translate(odd[..., 0].astype(np.int64), seed=3)
    np.testing.assert_array_equal(model.translate(odd, seed=3), same)


# Export.


@pytest.fixture(scope="module")
def served(model, tmp_path_factory):
    """Asks the model's export by the name of a signature."""
    folder = tmp_path_factory.mktemp("label maps") / "served"
    proof = model.export(folder)
    assert list(proof) == ["serving_default", "translate", "translate_bytes"]
    loaded = tf.saved_model.load(folder)
    return lambda name, **inputs: loaded.signatures[name](**inputs)


def png(ids, **options):
    buffer = io.BytesIO()
    Image.fromarray(ids).save(buffer, "PNG", **options)
    return buffer.getvalue()


def test_an_export_takes_ids_and_files_of_ids(model, served):
    seeds = tf.constant([3, 3], tf.int64)
    expected = model.translate(IDS, seed=3).numpy()
    maps = tf.constant(IDS[..., None])
    floats = served("serving_default", label_maps=maps, seeds=seeds)["outputs"]
    np.testing.assert_allclose(floats, expected, atol=1e-4)
    pixels = served("translate", label_maps=maps, seeds=seeds)["outputs"]
    np.testing.assert_allclose(pixels.numpy().astype(int), to_uint8(expected), atol=1)
    files = tf.constant([png(one) for one in IDS])
    answers = served("translate_bytes", image_bytes=files, seeds=seeds)["output_bytes"].numpy()
    decoded = np.stack([tf.io.decode_png(answer) for answer in answers]).astype(int)
    np.testing.assert_allclose(decoded, to_uint8(expected), atol=1)


def test_an_export_refuses_ids_beyond_its_classes(served):
    maps, seeds = tf.fill([1, 8, 16, 1], tf.constant(CLASSES, tf.uint8)), tf.zeros([1], tf.int64)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"below input_classes, 5.*\[5\]"):
        served("translate", label_maps=maps, seeds=seeds)


def test_files_whose_levels_tensorflow_would_change_are_refused():
    np.testing.assert_array_equal(decode_grey_png(png(IDS[0])), IDS[0][..., None])
    palette = Image.fromarray(IDS[0])
    palette.putpalette(bytes(range(90, 105)))
    buffer = io.BytesIO()
    palette.save(buffer, "PNG")
    shown = tf.io.decode_png(buffer.getvalue(), channels=1)[..., 0]
    assert (shown.numpy() != IDS[0]).any()  # TensorFlow decodes the palette's colours
    for contents in (
        buffer.getvalue(),
        png(IDS[0].astype(np.uint16)),
        png(IDS[0] > 1),
        b"",
        b"GIF",
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match="must be grey PNG files of 8"):
            decode_grey_png(tf.constant(contents))


# Commands.

SQUARE = TINY | {"image_shape": (16, 16, 3)}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of two steps on a folder of palette pictures and photographs, and that folder."""
    folder = tmp_path_factory.mktemp("run")
    for split, count in (("train", 4), ("test", 3)):
        for side in "AB":
            (folder / "data" / split / side).mkdir(parents=True)
        for number in range(count):
            ids = NOISE.integers(0, CLASSES, (16, 16), np.uint8)
            image = Image.fromarray(ids)
            image.putpalette(NOISE.integers(0, 256, 3 * CLASSES, np.uint8).tobytes())
            image.save(folder / "data" / split / "A" / f"{number}.png")
            photograph = NOISE.integers(0, 256, (16, 16, 3), np.uint8)
            Image.fromarray(photograph).save(folder / "data" / split / "B" / f"{number}.png")
    settings = SQUARE | {"batch_size": 2, "steps": 2, "sample_count": 2}
    return ganzoo.train(
        "pix2pix", str(folder / "data"), run_dir=folder / "run", **settings
    ), folder / "data"


def test_a_run_trains_on_a_folder_and_translates_its_pictures(run, tmp_path):
    trained, data = run
    assert (trained / "samples").exists()
    paths = sorted((data / "test" / "A").iterdir())
    written = ganzoo.translate(trained, data / "test" / "A", tmp_path / "out", seed=1)
    model = ganzoo.load_run(trained)
    for path, output in zip(paths, written, strict=True):
        ids = np.asarray(Image.open(path))
        expected = to_uint8(model.translate(ids[None], seed=1))[0]
        np.testing.assert_array_equal(read_image(output), expected)


def test_a_picture_of_other_ids_is_named_and_not_translated(run, tmp_path):
    Image.fromarray(np.full((8, 8), 9, np.uint8)).save(tmp_path / "nine.png")
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "photograph.png")
    for name in ("nine.png", "photograph.png"):
        with pytest.raises(ResourceError, match=f"1 of 1 images could not be read.*{name}"):
            ganzoo.translate(run[0], tmp_path / name, tmp_path / "out")


def test_a_run_is_evaluated_on_its_test_pairs(run):
    trained, _ = run
    (result,) = ganzoo.evaluate(trained, num_images=3)
    assert result.protocol["images"] == 3
    assert np.isfinite(result.values["l1"])


def test_a_dataset_is_checked_with_its_label_maps_in_colours(run, tmp_path):
    _, data = run
    settings = SQUARE | {"batch_size": 2, "jitter": 0.0}
    sheet = tmp_path / "sheet.png"
    report = ganzoo.check_dataset(
        str(data), "pix2pix", timed=False, contact_sheet=str(sheet), **settings
    )
    assert report.problems == [] and report.batch_format == "label_maps"
    assert report.channels == (3,)
    counts = sum(
        np.bincount(np.asarray(Image.open(path)).ravel(), minlength=CLASSES)
        for path in (data / "train" / "A").iterdir()
    )
    assert report.class_pixels == tuple(counts)
    assert f"\n  pixels    0: {counts[0] / counts.sum():.1%}, 1: " in str(report)
    assert not any("Classes" in line for line in report.findings)
    more = ganzoo.check_dataset(
        str(data), "pix2pix", timed=False, **settings | {"input_classes": 7}
    )
    assert "Classes that no label map has, 2 of 7: 5, 6" in more.findings
    ids = np.asarray(Image.open(data / "train" / "A" / "0.png"))
    np.testing.assert_array_equal(read_image(sheet)[::2, ::2][2:18, 2:18], in_colors(ids))
    report = ganzoo.check_dataset(
        str(data), "pix2pix", timed=False, **settings | {"input_classes": 3}
    )
    assert "4 files that cannot be read" in report.problems[0]
    assert "below input_classes, 3" in report.problems[0]
