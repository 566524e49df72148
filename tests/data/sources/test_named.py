"""A TensorFlow Dataset's name -> examples, with builders that make their data here."""

import hashlib
import os
import sys
import time

import numpy as np
import pytest

from ganzoo import load_dataset
from ganzoo.data.sources.opening import open_sources
from ganzoo.errors import InputError, ResourceError

GREYS = [10, 60, 110, 160, 210, 250]  # of the images of split train; two of them are test's
URL = "https://127.0.0.1/greys.npy"  # fails at once: nobody serves there

# Two modules, for TFDS looks for a builder's checksums in its module's folder.
BUILDERS = {
    "squares": '''
import numpy as np
import tensorflow_datasets as tfds

SHAPE = (8, 8, 1)


class GanzooSquares(tfds.core.GeneratorBasedBuilder):
    """Grey images, labelled by their number; the label stands before the image."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = tfds.features.FeaturesDict(
            {
                "id": tfds.features.Scalar(np.int64),
                "label": tfds.features.ClassLabel(num_classes=6),
                "picture": tfds.features.Image(shape=SHAPE),
            }
        )
        return tfds.core.DatasetInfo(builder=self, features=features)

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples(6), "test": self._generate_examples(2)}

    def _generate_examples(self, count):
        for number, grey in enumerate(GREYS[:count]):
            yield number, {"id": 99, "label": number, "picture": np.full(SHAPE, grey, np.uint8)}


class GanzooFacts(tfds.core.GeneratorBasedBuilder):
    """Images with facts that are true or false, and no class label."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        facts = tfds.features.FeaturesDict({"Bright": np.bool_, "Even": np.bool_})
        features = {"image": tfds.features.Image(shape=SHAPE), "facts": facts, "id": np.int64}
        return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(features))

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for number, grey in enumerate(GREYS):
            facts = {"Bright": grey > 200, "Even": number % 2 == 0}
            yield number, {"image": np.full(SHAPE, grey, np.uint8), "facts": facts, "id": number}


class GanzooSizes(tfds.core.GeneratorBasedBuilder):
    """Images of several sizes without labels, in two configurations."""

    VERSION = tfds.core.Version("1.0.0")
    BUILDER_CONFIGS = [tfds.core.BuilderConfig(name="wide"), tfds.core.BuilderConfig(name="tall")]

    def _info(self):
        features = tfds.features.FeaturesDict({"image": tfds.features.Image()})
        return tfds.core.DatasetInfo(builder=self, features=features)

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for size in (8, 16):
            shape = (size, 2 * size, 3) if self.builder_config.name == "wide" else (size, 8, 3)
            yield size, {"image": np.full(shape, size, np.uint8)}


class GanzooSides(tfds.core.GeneratorBasedBuilder):
    """Three grey images on the one side and two on the other."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = tfds.features.FeaturesDict(
            {
                "image": tfds.features.Image(shape=SHAPE),
                "label": tfds.features.ClassLabel(names=["A", "B"]),
            }
        )
        return tfds.core.DatasetInfo(builder=self, features=features)

    def _split_generators(self, dl_manager):
        return {
            "trainA": self._generate_examples("A", GREYS[:3]),
            "trainB": self._generate_examples("B", GREYS[3:5]),
            "testA": self._generate_examples("A", GREYS[5:]),
        }

    def _generate_examples(self, side, greys):
        for number, grey in enumerate(greys):
            yield number, {"image": np.full(SHAPE, grey, np.uint8), "label": side}


class GanzooPairs(tfds.core.GeneratorBasedBuilder):
    """A picture, its mask of another size, and a depth that no image can be."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = tfds.features.FeaturesDict(
            {
                "a_depth": tfds.features.Image(shape=(8, 8, 2)),
                "b_mask": tfds.features.Image(shape=(4, 4, 1)),
                "picture": tfds.features.Image(shape=SHAPE),
            }
        )
        return tfds.core.DatasetInfo(builder=self, features=features)

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for number, grey in enumerate(GREYS):
            yield number, {
                "a_depth": np.zeros((8, 8, 2), np.uint8),
                "b_mask": np.full((4, 4, 1), grey // 2, np.uint8),
                "picture": np.full(SHAPE, grey, np.uint8),
            }


class GanzooNumbers(tfds.core.GeneratorBasedBuilder):
    """No images; a dataset that cannot be used is an error before it is made."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = tfds.features.FeaturesDict(
            {"weight": tfds.features.Scalar(np.float32), "kind": tfds.features.Text()}
        )
        return tfds.core.DatasetInfo(builder=self, features=features)

    def _split_generators(self, dl_manager):
        raise AssertionError

    def _generate_examples(self):
        raise AssertionError
''',
    "download": '''
import numpy as np
import tensorflow_datasets as tfds


class GanzooDownload(tfds.core.GeneratorBasedBuilder):
    """The same images from a file that has to be downloaded."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = tfds.features.FeaturesDict({"image": tfds.features.Image(shape=(8, 8, 1))})
        return tfds.core.DatasetInfo(builder=self, features=features)

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples(dl_manager.download(URL))}

    def _generate_examples(self, path):
        for number, grey in enumerate(np.load(path)):
            yield number, {"image": np.full((8, 8, 1), grey, np.uint8)}
''',
}


@pytest.fixture(scope="module", autouse=True)
def builders(tmp_path_factory):
    """Modules that register their builders with TFDS, and the file that one of them downloads."""
    site = tmp_path_factory.mktemp("builders")
    file = site / "greys.npy"
    np.save(file, np.array(GREYS, np.uint8))
    content = file.read_bytes()
    line = f"{URL}\t{len(content)}\t{hashlib.sha256(content).hexdigest()}\tgreys.npy\n"
    for name, code in BUILDERS.items():
        (site / name).mkdir()
        (site / name / f"ganzoo_{name}.py").write_text(f"GREYS = {GREYS}\nURL = {URL!r}\n{code}")
        (site / name / "checksums.tsv").write_text(line if name == "download" else "")
        sys.path.insert(0, str(site / name))
        try:
            __import__(f"ganzoo_{name}")
        finally:
            sys.path.remove(str(site / name))
    return file


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def manual_folder(tmp_path):
    return tmp_path / "tfds" / "downloads" / "manual"


def opened(name, split, tmp_path, batch_format="images"):
    """Each source with a list of its examples; the pair itself where there is one source."""
    sources = open_sources(name, batch_format, split, str(tmp_path / "tfds"))
    pairs = []
    for source in sources:
        positions, examples = zip(*source.examples().as_numpy_iterator(), strict=True)
        assert positions == tuple(range(source.size))
        pairs.append((source, examples))
    for source, examples in pairs:
        assert all(example.keys() == source.shapes.keys() for example in examples)
    return pairs[0] if len(pairs) == 1 else pairs


@pytest.mark.parametrize(
    ("received", "closest"), [("samples", "sample"), ("celeba", "celeb_a"), ("fashon", "fashion")]
)
def test_an_unknown_dataset_raises_an_error_with_the_closest_match(received, closest, tmp_path):
    message = rf"Unknown dataset; did you mean '{closest}.*Choose from: {closest}.*'{received}'$"
    with pytest.raises(InputError, match=message):
        open_sources(received, "images", "train", str(tmp_path))


def test_a_tfds_dataset_gives_its_image_and_label_whatever_they_are_called(tmp_path):
    source, examples = opened("ganzoo_squares", "train", tmp_path)
    assert source.shapes == {"images": (8, 8, 1), "labels": ()}
    assert {e["labels"].item(): e["images"].max().item() for e in examples} == dict(
        enumerate(GREYS)
    )


def test_a_tfds_dataset_has_the_same_order_each_time_it_is_read(tmp_path):
    source, examples = opened("ganzoo_squares", "train", tmp_path)
    again = [e["labels"].item() for _, e in source.examples().as_numpy_iterator()]
    assert again == [e["labels"].item() for e in examples]


def test_a_tfds_dataset_is_read_through_load_dataset(tmp_path):
    ((images, labels),) = load_dataset(
        "ganzoo_squares", "labelled", image_shape=(8, 8, 1), batch_size=6,
        data_dir=str(tmp_path / "tfds"),
    )  # fmt: skip
    assert sorted(labels.numpy()) == list(range(6))
    expected = np.array(GREYS)[labels.numpy()] / 127.5 - 1
    np.testing.assert_allclose(images.numpy().mean((1, 2, 3)), expected, atol=1e-6)
    assert images.numpy().std((1, 2, 3)).max() < 1e-6


@pytest.mark.parametrize("fact", ["Bright", "facts/Bright"])
def test_a_fact_of_a_tfds_dataset_can_be_the_label(fact, tmp_path):
    source, examples = opened(f"ganzoo_facts#{fact}", "train", tmp_path, "labelled")
    assert source.classes == ("false", "true")
    labels = {e["images"].max().item(): e["labels"].item() for e in examples}
    assert labels == {grey: int(grey > 200) for grey in GREYS}
    plain, _ = opened("ganzoo_facts", "train", tmp_path)
    other, _ = opened("ganzoo_facts#Even", "train", tmp_path, "labelled")
    assert len({plain.identity, other.identity, source.identity}) == 3


def test_all_that_is_true_or_false_in_a_tfds_dataset_are_its_attributes(tmp_path):
    source, examples = opened("ganzoo_facts", "train", tmp_path, "attributes")
    assert source.attributes == ("Bright", "Even")
    assert source.shapes == {"images": (8, 8, 1), "attributes": (2,)}
    for example in examples:
        grey = example["images"].max()
        expected = [grey > 200, GREYS.index(grey) % 2 == 0]
        np.testing.assert_array_equal(example["attributes"], expected)
    (images, attributes), *_ = load_dataset(
        "ganzoo_facts", "attributes", image_shape=(8, 8, 1), batch_size=2,
        attributes=("Even", "facts/Bright"), data_dir=str(tmp_path / "tfds"),
    )  # fmt: skip
    greys = np.round((images[:, 0, 0, 0] + 1) * 127.5)
    np.testing.assert_array_equal(attributes[:, 1], greys > 200)
    message = r"Unknown attribute of 'ganzoo_facts'; did you mean 'Bright'\?.*Received: 'Brigth'$"
    with pytest.raises(InputError, match=message):
        load_dataset(
            "ganzoo_facts", "attributes", image_shape=(8, 8, 1), attributes=["Brigth"],
            data_dir=str(tmp_path / "tfds"),
        )  # fmt: skip
    with pytest.raises(InputError, match=r"'ganzoo_squares' gives.*formats images, labelled\. Rec"):
        open_sources("ganzoo_squares", "attributes", "train", str(tmp_path / "tfds"))


def test_other_attributes_are_other_examples_to_a_cache(tmp_path):
    for names in ((), ("Even",), ("Bright",), ("Even", "Bright")):
        batches = load_dataset(
            "ganzoo_facts", "attributes", image_shape=(8, 8, 1), batch_size=6, cache_gib=0,
            attributes=names, data_dir=str(tmp_path / "tfds"),
        )  # fmt: skip
        ((images, attributes),) = batches
        greys = np.round((images[:, 0, 0, 0] + 1) * 127.5)
        facts = {"Bright": greys > 200, "Even": np.isin(greys, GREYS[::2])}
        expected = np.stack([facts[name] for name in names or ("Bright", "Even")], 1)
        np.testing.assert_array_equal(attributes, expected)


def test_a_class_label_can_be_named_and_other_features_raise_an_error(tmp_path):
    source, _ = opened("ganzoo_squares#label", "train", tmp_path, "labelled")
    assert source.classes == tuple("012345")
    message = r"Unknown label of 'ganzoo_facts'; did you mean 'facts/Bright'.*Received: 'Brigth'$"
    with pytest.raises(InputError, match=message):
        open_sources("ganzoo_facts#Brigth", "labelled", "train", str(tmp_path / "tfds"))
    with pytest.raises(InputError, match=r"Choose from: facts/.*Received: 'id'$"):
        open_sources("ganzoo_facts#id", "labelled", "train", str(tmp_path / "tfds"))


def test_a_part_of_a_split_can_be_asked_for(tmp_path):
    _, everything = opened("ganzoo_squares", "train", tmp_path)
    source, part = opened("ganzoo_squares", "train[:50%]", tmp_path)
    assert source.size == 3
    assert [e["labels"] for e in part] == [e["labels"] for e in everything[:3]]


def test_an_unknown_split_of_a_tfds_dataset_raises_an_error_with_the_closest_match(tmp_path):
    message = r"Unknown split of 'ganzoo_squares'; did you mean 'test'\?.*Received: 'tests'"
    with pytest.raises(InputError, match=message):
        open_sources("ganzoo_squares", "images", "tests", str(tmp_path))


def test_configurations_are_datasets_of_their_own_and_need_no_labels(tmp_path):
    wide, wide_examples = opened("ganzoo_sizes/wide", "train", tmp_path)
    tall, tall_examples = opened("ganzoo_sizes/tall", "train", tmp_path)
    assert wide.shapes == tall.shapes == {"images": (None, None, 3)}
    assert wide.identity != tall.identity
    assert {e["images"].shape for e in wide_examples} == {(8, 16, 3), (16, 32, 3)}
    assert {e["images"].shape for e in tall_examples} == {(8, 8, 3), (16, 8, 3)}


def test_an_unknown_configuration_raises_an_error_with_the_closest_match(tmp_path):
    message = r"did you mean 'ganzoo_sizes/wide'\?.*Received: 'ganzoo_sizes/wid'"
    with pytest.raises(InputError, match=message):
        open_sources("ganzoo_sizes/wid", "images", "train", str(tmp_path))


@pytest.mark.parametrize("name", ["", "two words", "a\\b"])
def test_what_is_no_name_of_a_dataset_raises_an_error(name, tmp_path):
    message = "A dataset is 'sample', the name of a TensorFlow Dataset .* a folder with a / in it"
    with pytest.raises(InputError, match=message):
        open_sources(name, "images", "train", str(tmp_path))


@pytest.mark.parametrize("name", ["http://some.where", "./folder", "a/b/c", "~/nowhere", "ab/c"])
def test_what_has_a_separator_and_is_no_name_is_a_folder(name, tmp_path):
    with pytest.raises(ResourceError, match=r"There is no such folder\. Received: "):
        open_sources(name, "images", "train", str(tmp_path))


def test_a_configuration_raises_an_error_where_there_are_none(tmp_path):
    message = r"Unknown dataset; .*Choose from: ganzoo_squares\. Received: 'ganzoo_squares/big'"
    with pytest.raises(InputError, match=message):
        open_sources("ganzoo_squares/big", "images", "train", str(tmp_path))


def test_a_version_that_does_not_exist_raises_an_error(tmp_path):
    with pytest.raises(InputError, match=r"cannot open the dataset: .*'ganzoo_squares:9\.9\.9'$"):
        open_sources("ganzoo_squares:9.9.9", "images", "train", str(tmp_path))


def test_the_same_dataset_in_two_folders_is_two_sources(tmp_path):
    one, _ = opened("ganzoo_squares", "test", tmp_path / "one")
    other, _ = opened("ganzoo_squares", "test", tmp_path / "other")
    assert one.identity != other.identity


def test_labels_raise_an_error_where_the_dataset_has_none(tmp_path):
    message = r"'ganzoo_sizes/wide' gives batches of the formats images\. .*'labelled'"
    with pytest.raises(InputError, match=message):
        load_dataset(
            "ganzoo_sizes/wide", "labelled", image_shape=(8, 8, 3), batch_size=1,
            data_dir=str(tmp_path),
        )  # fmt: skip


def test_two_images_make_pairs_in_the_order_of_the_features(tmp_path):
    source, examples = opened("ganzoo_pairs", "train", tmp_path, "paired")
    assert source.shapes == {"inputs": (4, 4, 1), "targets": (8, 8, 1)}
    pairs = {(e["inputs"].max().item(), e["targets"].min().item()) for e in examples}
    assert pairs == {(grey // 2, grey) for grey in GREYS}
    assert opened("ganzoo_pairs", "train", tmp_path)[0].shapes == {"images": (4, 4, 1)}


def test_splits_that_end_in_a_and_b_are_the_two_sides_of_an_unpaired_dataset(tmp_path):
    sides = opened("ganzoo_sides", "train", tmp_path, "unpaired")
    greys = [sorted(e["images"].max().item() for e in examples) for _, examples in sides]
    assert greys == [GREYS[:3], GREYS[3:5]]
    assert [source.name for source, _ in sides] == ["ganzoo_sides/trainA", "ganzoo_sides/trainB"]
    assert sides[0][0].identity != sides[1][0].identity
    both_parts = opened("ganzoo_sides", "train[:1]", tmp_path, "unpaired")
    assert [source.size for source, _ in both_parts] == [1, 1]


def test_one_side_of_an_unpaired_dataset_is_a_dataset_of_images(tmp_path):
    source, _ = opened("ganzoo_sides", "trainB", tmp_path)
    assert source.size == 2


@pytest.mark.parametrize("split", ["test", "trainA", "validation"])
def test_a_split_that_has_not_both_sides_raises_an_error(split, tmp_path):
    message = rf"Unknown split of 'ganzoo_sides'; .*Choose from: train\. Received: '{split}'"
    with pytest.raises(InputError, match=message):
        opened("ganzoo_sides", split, tmp_path, "unpaired")


def test_pairs_of_an_unpaired_dataset_raise_an_error_with_what_has_some(tmp_path):
    message = "'ganzoo_sides' are unpaired: none belongs to another. .*'pix2pix/NAME'.* A|B images"
    with pytest.raises(InputError, match=message):
        opened("ganzoo_sides", "train", tmp_path, "paired")


@pytest.mark.parametrize("batch_format", ["paired", "unpaired"])
def test_a_format_that_a_dataset_does_not_make_raises_an_error_with_those_it_makes(
    batch_format, tmp_path
):
    message = f"formats images, labelled. Received: batch_format='{batch_format}'"
    with pytest.raises(InputError, match=message):
        opened("ganzoo_squares", "train", tmp_path, batch_format)


def test_a_side_without_examples_raises_an_error_by_its_name(tmp_path):
    message = (
        r"There are no examples in 'ganzoo_sides/trainA\[:0\]'\. Received: split='train\[:0\]'"
    )
    with pytest.raises(InputError, match=message):
        opened("ganzoo_sides", "train[:0]", tmp_path, "unpaired")


def test_a_dataset_with_no_image_feature_raises_an_error_with_what_it_has(tmp_path):
    message = "'ganzoo_numbers' has no image feature; it has: weight, kind"
    with pytest.raises(InputError, match=message):
        open_sources("ganzoo_numbers", "images", "train", str(tmp_path))


def test_a_file_that_cannot_be_downloaded_is_named_quickly_with_where_to_put_it(
    tmp_path, manual_folder
):
    start = time.monotonic()
    with pytest.raises(ResourceError) as raised:
        opened("ganzoo_download", "train", tmp_path)
    assert time.monotonic() - start < 5
    assert "could not download and prepare 'ganzoo_download'" in str(raised.value)
    assert f"Put greys.npy from {URL} into TFDS's manual folder, {manual_folder}," in str(
        raised.value
    )
    assert "\n" not in str(raised.value)


def test_with_the_file_in_the_manual_folder_the_dataset_is_there(builders, tmp_path, manual_folder):
    manual_folder.mkdir(parents=True)
    (manual_folder / "greys.npy").write_bytes(builders.read_bytes())
    _, examples = opened("ganzoo_download", "train", tmp_path)
    assert sorted(e["images"].max().item() for e in examples) == GREYS
    # And from then on without the file.
    (manual_folder / "greys.npy").unlink()
    assert len(opened("ganzoo_download", "train", tmp_path)[1]) == 6


def test_another_file_in_the_manual_folder_is_an_error_with_what_would_be_right(
    builders, tmp_path, manual_folder
):
    manual_folder.mkdir(parents=True)
    path = manual_folder / "greys.npy"
    right = builders.read_bytes()
    wrong = bytes(len(right))
    path.write_bytes(wrong)
    with pytest.raises(ResourceError) as raised:
        opened("ganzoo_download", "train", tmp_path)
    assert str(raised.value) == (
        "This is not greys.npy as published: "
        f"it has SHA256 {hashlib.sha256(wrong).hexdigest()}, "
        f"and SHA256 {hashlib.sha256(right).hexdigest()} would be right. "
        f"Delete it, and get it again from {URL}. Received: {str(path)!r}"
    )
    assert path.read_bytes() == wrong
