"""Images of the asked-for labels: which image gets which, how a grid shows them, and bad labels."""

import json

import numpy as np
import pytest
from PIL import Image

from ganzoo import CDCGAN, CGAN, DCGAN, generate, generate_files, interpolate, project
from ganzoo.errors import InputError
from ganzoo.images.ranges import to_uint8
from ganzoo.inference.sampling import BATCH_SIZE
from ganzoo.serving.exported import write_metadata


@pytest.fixture(scope="module")
def model(varied):
    return varied(
        CGAN((4, 4, 1), 3, latent_dim=4, generator_units=(3, 5, 8), maxout_units=(4, 2, 4))
    )


def expected(model, seeds, labels):
    return model.predict((model.latents_of_seeds(seeds), np.array(labels)), verbose=0)


def cells(path, columns):
    """The images of a grid of 4x4 images, row by row."""
    with Image.open(path) as image:
        grid = np.asarray(image)[::16, ::16]  # enlarged, to be looked at
    assert grid.shape[1] == 6 * columns + 2
    return grid[2:, 2:].reshape(-1, 6, columns, 6)[:, :4, :, :4].swapaxes(1, 2)


def test_without_labels_all_classes_come_in_turn(model):
    images = generate(model, 5, seed=7)
    np.testing.assert_allclose(images, expected(model, range(7, 12), [0, 1, 2, 0, 1]), atol=1e-6)


def test_given_labels_come_in_turn_whatever_the_count(model):
    images = generate(model, 70, seed=1, labels=[2, 0])
    right = expected(model, range(1, 71), [2, 0] * 35)
    np.testing.assert_allclose(images, right, atol=1e-6)
    np.testing.assert_allclose(generate(model, 3, seed=1, labels=(2, 0)), right[:3], atol=1e-6)
    assert not np.allclose(images[0], generate(model, 1, seed=1, labels=[1])[0], atol=1e-3)


@pytest.mark.parametrize("count", [9, 8, 2])
def test_in_a_grid_a_row_is_a_label(model, count, tmp_path):
    labels = [1, 0, 2]
    images = to_uint8(generate(model, count, labels=labels, output=tmp_path / "grid.png")).numpy()
    grid = cells(tmp_path / "grid.png", columns=-(-count // 3))
    shown = np.zeros_like(grid)
    for number, image in enumerate(images[..., 0]):
        shown[number % 3, number // 3] = image
    np.testing.assert_array_equal(grid, shown)


def test_a_grid_of_one_label_is_square(model, tmp_path):
    images = to_uint8(generate(model, 4, labels=[1], output=tmp_path / "grid.png")).numpy()
    grid = cells(tmp_path / "grid.png", columns=2)
    np.testing.assert_array_equal(grid.reshape(4, 4, 4), images[..., 0])


def test_a_folder_has_an_image_for_each_seed(model, tmp_path):
    generate(model, 3, seed=5, labels=[1], output=f"{tmp_path}/some/")
    generate_files(model, 3, tmp_path / "files", seed=5, labels=[1])
    for path in (tmp_path / "some").iterdir():
        assert path.read_bytes() == (tmp_path / "files" / path.name).read_bytes()
    assert len(list((tmp_path / "some").iterdir())) == 3


def test_files_are_written_batch_by_batch_and_no_image_is_kept(model, tmp_path, monkeypatch):
    written, make = [], model.predict_on_batch

    def predict_on_batch(inputs):
        written.append(len(list(tmp_path.iterdir())))
        return make(inputs)

    monkeypatch.setattr(model, "predict_on_batch", predict_on_batch)
    generate_files(model, 2 * BATCH_SIZE + 1, tmp_path)
    assert written == [0, BATCH_SIZE, 2 * BATCH_SIZE]


def test_files_go_into_a_folder(model, tmp_path):
    with pytest.raises(InputError, match=r"The output must be a folder\. Received: '.*grid\.png'"):
        generate_files(model, 3, tmp_path / "grid.png")


def test_classes_are_called_by_their_names_too(model, monkeypatch, tmp_path):
    with pytest.raises(InputError, match=r"have no names, only numbers, 0 to 2\. Received: 'bag'"):
        generate(model, 2, labels=["bag"])
    monkeypatch.setattr(model, "class_names", ("Boot", "bag", "T-shirt"))
    right = generate(model, 4, labels=[0, 1])
    np.testing.assert_array_equal(generate(model, 4, labels=["boot", "Bag"]), right)
    with pytest.raises(InputError, match=r"class; did you mean 'bag'\?.*Received: 'bags'"):
        generate(model, 2, labels=["bags"])
    write_metadata(model, tmp_path)
    (written,) = tmp_path.glob("*/*.json")
    assert json.loads(written.read_text())["class_names"] == ["Boot", "bag", "T-shirt"]


@pytest.mark.parametrize("labels", [[3], [0, -1], []])
def test_labels_outside_the_classes_are_refused(model, labels):
    with pytest.raises(InputError, match=r"0 to num_classes - 1, 2\. Received: (3|0, -1|none)$"):
        generate(model, 2, labels=labels)


def test_labels_for_a_model_that_has_none_are_refused():
    with pytest.raises(InputError, match=r"This model has no labels\. Received: DCGAN"):
        generate(DCGAN((8, 8, 1), latent_dim=4, filters=2), 2, labels=[0])


def test_truncation_moves_latents_towards_their_mean(model):
    images = generate(model, 3, seed=4, labels=[1], truncation=0.25)
    latents = 0.5 + 0.25 * (model.latents_of_seeds(range(4, 7)).numpy() - 0.5)
    right = model.predict((latents, np.array([1, 1, 1])), verbose=0)
    np.testing.assert_allclose(images, right, atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"count": 0}, "images must be at least 1. Received: 0"),
        ({"count": 1, "seed": -1}, r"Seeds must be in 0 to 2\^63 - 1. Received: -1"),
        ({"count": 2, "seed": 2**63 - 1}, "Seeds must be in"),
    ],
)
def test_numbers_out_of_range_are_refused(model, settings, message):
    with pytest.raises(InputError, match=message):
        generate(model, **settings)


def test_truncation_is_refused_where_the_mean_is_not_known():
    class OfUnknownNoise(DCGAN):
        prior = property()  # hasattr finds none

    unknown = OfUnknownNoise((8, 8, 1), latent_dim=4, filters=2)
    with pytest.raises(InputError, match=r"\(`prior`\), whose mean.* Received: OfUnknownNoise"):
        generate(unknown, 2, truncation=0.5)


@pytest.mark.parametrize("truncation", [-0.1, 1.1, float("nan")])
def test_truncation_out_of_range_is_refused(model, truncation):
    with pytest.raises(InputError, match=f"in 0 to 1. Received: {truncation}"):
        generate(model, 2, labels=[1], truncation=truncation)


# Attributes.


@pytest.fixture(scope="module")
def with_attributes(varied):
    return varied(CDCGAN((8, 8, 1), attributes=("red", "round", "old"), latent_dim=4, filters=2))


def made(model, seeds, rows):
    latents = model.latents_of_seeds(seeds)
    return model.predict((latents, np.array(rows, np.float32)), verbose=0)


def test_attributes_are_named_and_the_others_are_0(with_attributes):
    images = generate(with_attributes, 3, seed=7, labels=[{"old": 1}, {"round": 0.5, "red": 1}])
    right = made(with_attributes, range(7, 10), [[0, 0, 1], [1, 0.5, 0], [0, 0, 1]])
    np.testing.assert_allclose(images, right, atol=1e-6)
    assert not np.allclose(*made(with_attributes, [7, 7], [[0, 0, 1], [0, 0, 0]]), atol=1e-3)


def test_without_labels_come_no_attribute_and_then_each_alone(with_attributes):
    rows = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    right = made(with_attributes, range(5), rows)
    np.testing.assert_allclose(generate(with_attributes, 5), right, atol=1e-6)


def test_a_walk_between_attributes_is_linear(with_attributes):
    images = interpolate(with_attributes, [3], labels=[{"red": 1}, {"old": 1}], steps=2)
    right = made(with_attributes, [3, 3, 3], [[1, 0, 0], [0.5, 0, 0.5], [0, 0, 1]])
    np.testing.assert_allclose(images, right, atol=1e-6)


def test_an_image_is_found_again_with_its_attributes(with_attributes):
    target = made(with_attributes, [11], [[0, 1, 0]])
    found = project(with_attributes, target, label={"round": 1}, steps=2, restarts=1, seed=0)
    again = made(with_attributes, [11], [[0, 1, 0]])
    assert found.psnr[0] > 60 and np.allclose(target, again)


def test_an_export_takes_attributes_too(with_attributes, tmp_path):
    with_attributes.export(tmp_path / "served")
    labels = [{"old": 1}, {"round": 0.5, "red": 1}]
    images = generate(tmp_path / "served", 3, seed=7, labels=labels)
    right = generate(with_attributes, 3, seed=7, labels=labels)
    np.testing.assert_allclose(images, right, atol=1e-5)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([{"rond": 1}], r"did you mean 'round'.*Received: 'rond'"),
        ([{"red": 2}], r"0 or 1, or between\. Received: red=2"),
        ([1], r"has the attributes red, round, old, and no classes\. Received: 1"),
        ([], r"of the attributes red, round, old\. Received: none"),
    ],
)
def test_attributes_that_are_none_are_refused(with_attributes, labels, message):
    with pytest.raises(InputError, match=message):
        generate(with_attributes, 2, labels=labels)


def test_attributes_for_a_model_of_classes_are_refused(model):
    with pytest.raises(InputError, match=r"has classes, 0 to 2, and no attributes"):
        generate(model, 2, labels=[{"red": 1}])
