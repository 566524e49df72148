"""Sets that somebody has prepared with TFDS, by a builder that nobody has here any more."""

import numpy as np
import pytest
import tensorflow_datasets as tfds

from ganzoo import InputError, check_dataset, load_config, load_dataset
from ganzoo.data.sources.opening import open_sources
from ganzoo.runs.claiming import named_run

GREYS = [10, 60, 110, 160]


class MyShapes(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """Grey images with a class each, in two configurations."""

    VERSION = tfds.core.Version("1.2.0")
    BUILDER_CONFIGS = (tfds.core.BuilderConfig(name="small"), tfds.core.BuilderConfig(name="large"))

    def _info(self):
        image = tfds.features.Image(shape=(self.side, self.side, 1))
        label = tfds.features.ClassLabel(names=["round", "square"])
        features = tfds.features.FeaturesDict({"picture": image, "shape": label})
        return tfds.core.DatasetInfo(builder=self, features=features)

    @property
    def side(self):
        return {"small": 8, "large": 16}[self.builder_config.name]

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples(4), "test": self._generate_examples(2)}

    def _generate_examples(self, count):
        for number, grey in enumerate(GREYS[:count]):
            picture = np.full((self.side, self.side, 1), grey, np.uint8)
            picture[0, 0] = 0
            yield number, {"picture": picture, "shape": number % 2}


class MyDots(MyShapes, skip_registration=True):
    """The same without configurations."""

    BUILDER_CONFIGS = ()
    side = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tfds")
    for builder in (MyShapes, MyDots):
        for config in builder.BUILDER_CONFIGS or [None]:
            builder(data_dir=folder, config=config).download_and_prepare()
    return folder


@pytest.mark.parametrize(
    "name", ["my_dots", "my_dots:1.2.0", "my_shapes/small", "my_shapes/small:1.2.0"]
)
def test_a_set_that_tfds_does_not_know_is_found_by_its_name(name, folder):
    images, labels = next(
        iter(
            load_dataset(
                name, "labelled", image_shape=(8, 8, 1), batch_size=4, data_dir=str(folder)
            )
        )
    )
    expected = np.array(GREYS)[np.argsort(np.argsort(images[:, 4, 4, 0]))] / 127.5 - 1
    np.testing.assert_allclose(images[:, 4, 4, 0], expected, atol=1e-6)
    (source,) = open_sources(name, "labelled", "train", str(folder))
    assert source.classes == ("round", "square")
    assert sorted(labels.numpy()) == [0, 0, 1, 1]


def test_it_is_found_where_tfds_is_told_to_look(folder, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(folder))
    (source,) = open_sources("my_shapes/large", "images", "test")
    assert (source.size, source.shapes["images"]) == (2, (16, 16, 1))


def test_it_is_found_in_the_home_folder_too(folder, monkeypatch, tmp_path):
    monkeypatch.delenv("TFDS_DATA_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "tensorflow_datasets").symlink_to(folder)
    assert open_sources("my_dots", "images", "train")[0].size == 4
    assert open_sources("my_dots", "images", "train", "~/tensorflow_datasets")[0].size == 4


def test_its_run_is_named_as_it_is_and_its_config_keeps_the_name(folder):
    config = load_config("dcgan", "my_shapes/small", data_dir=str(folder))
    assert named_run(config, None, False).folder.name == "dcgan-my_shapes-small-1"
    assert config.with_absolute_paths().values["dataset"] == "my_shapes/small"


def test_it_can_be_checked_and_both_splits_are_compared(folder):
    report = check_dataset(
        "my_dots", "dcgan", timed=False, image_size=8, batch_size=2, data_dir=str(folder)
    )
    assert report.counts == {"my_dots": 4} and report.problems == []
    assert len(report.shared["train", "test"]) == 2


@pytest.mark.parametrize("name", ["my_dot", "my_shapes/smal", "my_dots:9.0.0", "my_shapes"])
def test_a_name_that_is_not_quite_one_of_theirs_is_refused_with_the_closest(name, folder):
    with pytest.raises(InputError, match=r"did you mean 'my_") as raised:
        open_sources(name, "images", "train", str(folder))
    assert "\n" not in str(raised.value)


def test_a_folder_that_tfds_has_not_finished_is_no_set(tmp_path):
    (tmp_path / "my_dots" / "1.0.0").mkdir(parents=True)
    with pytest.raises(InputError, match="Unknown dataset"):
        open_sources("my_dots", "images", "train", str(tmp_path))
    (tmp_path / "my_dots" / "1.0.0" / "dataset_info.json").write_text("{")
    with pytest.raises(InputError, match="TFDS cannot open the dataset") as raised:
        open_sources("my_dots", "images", "train", str(tmp_path))
    assert "\n" not in str(raised.value)
