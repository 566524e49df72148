"""Which preset or file is chosen, and which files are refused."""

from pathlib import Path

import pytest
import yaml

from ganzoo.config import presets as preset_files
from ganzoo.config.config import load_config
from ganzoo.config.presets import preset_text, read_settings
from ganzoo.errors import InputError, ResourceError


@pytest.fixture
def presets(monkeypatch):
    """Two presets of one dataset, and one whose file is named differently from its dataset."""
    texts = {
        "dcgan/faces_small": "model: dcgan\ndataset: faces\nfilters: 2\n",
        "dcgan/faces_large": "model: dcgan\ndataset: faces\nfilters: 3\n",
        "dcgan/digits": "model: dcgan\ndataset: kmnist\nfilters: 4\n",
    }
    monkeypatch.setattr(preset_files, "list_presets", lambda model=None: sorted(texts))
    monkeypatch.setattr(preset_files, "preset_text", texts.__getitem__)


def test_a_model_alone_is_its_sample_preset():
    chosen = load_config("dcgan")
    assert chosen == load_config("dcgan/sample")
    assert chosen.values["dataset"] == "sample"


def test_a_dataset_picks_the_preset_of_that_name():
    assert load_config("dcgan", "celeb_a") == load_config("dcgan/celeb_a")
    paper = load_config("dcgan", "celeb_a_paper")
    assert paper == load_config("dcgan/celeb_a_paper")
    assert paper.values["dataset"] == "celeb_a"
    assert paper.values["filters"] == 128


def test_where_no_preset_has_the_name_the_one_with_that_dataset_is_picked(presets):
    assert load_config("dcgan", "kmnist").values["filters"] == 4
    assert load_config("dcgan", "digits").values["dataset"] == "kmnist"


def test_a_dataset_of_several_presets_is_refused_with_their_names(presets):
    message = "'dcgan' use this dataset: dcgan/faces_large, dcgan/faces_small. .*'faces'"
    with pytest.raises(InputError, match=message):
        load_config("dcgan", "faces")
    assert load_config("dcgan", "faces_small").values["filters"] == 2


def test_a_dataset_replaces_that_of_a_preset_named_in_full():
    chosen = load_config("dcgan/mnist", "kmnist")
    assert chosen.values == load_config("dcgan/mnist").values | {"dataset": "kmnist"}


def test_a_settings_file_is_complete_with_the_defaults(written):
    path = written("model: dcgan\nfilters: 8\n")
    values = load_config(path).values
    assert values["filters"] == 8
    assert values["kernel_size"] == 4
    assert load_config(Path(path)).values == values
    assert load_config(path, "kmnist").values == values | {"dataset": "kmnist"}


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("dcgam", r"Unknown model; did you mean 'dcgan'\?.*Received: 'dcgam'"),
        ("dcgan/celeba", r"Unknown preset; did you mean 'dcgan/celeb_a'\?.*'dcgan/celeba'"),
    ],
)
def test_an_unknown_model_or_preset_is_refused_with_the_closest_match(model, message):
    with pytest.raises(InputError, match=message):
        load_config(model)


def test_the_text_of_an_unknown_preset_is_refused_with_the_closest_match():
    with pytest.raises(InputError, match="did you mean 'dcgan/mnist'"):
        preset_text("dcgan/mnits")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ResourceError, match=r"Cannot read the settings: .*nowhere\.yaml"):
        load_config(str(tmp_path / "nowhere.yaml"))


@pytest.mark.parametrize("text", ["", "just text", "- model", "filters: 3", "model: 3"])
def test_a_file_that_is_no_mapping_with_a_model_is_refused(written, text):
    with pytest.raises(InputError, match=r"lines with a `model`\. Received: .*settings\.yaml"):
        load_config(written(text))


def test_a_file_that_is_no_yaml_is_refused_in_one_line(written):
    with pytest.raises(InputError, match=r"^Not YAML: .*Received: ") as raised:
        load_config(written("model: [dcgan\nfilters: 3\n"))
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "settings.yaml"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ResourceError, match="Cannot read the settings"):
        load_config(str(path))


def test_a_runs_environment_is_not_a_setting(written):
    path = written("model: dcgan\nenvironment: {python: '3.11.0'}\n")
    assert read_settings(path) == {"model": "dcgan"}
    config = load_config(path)
    assert config.environment == {"python": "3.11.0"}
    assert config == load_config(written("model: dcgan\n"))
    assert "environment" not in yaml.safe_load(config.to_yaml())
