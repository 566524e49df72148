"""The list of known datasets agrees with the presets and with what the archives' owners state."""

import pytest

from ganzoo import list_datasets
from ganzoo.batch_formats import list_batch_formats
from ganzoo.config.presets import list_presets, preset_text, read_settings
from ganzoo.data.tfds.preparing import archives_of, open_builder

ENTRIES = {entry.name: entry for entry in list_datasets("/nowhere")}


def test_every_dataset_of_a_preset_is_known(tmp_path):
    for preset in list_presets():
        (tmp_path / "preset.yaml").write_text(preset_text(preset))
        dataset = read_settings(tmp_path / "preset.yaml")["dataset"]
        is_a_users_folder = preset.endswith("/folder") and dataset.startswith("./")
        assert dataset in ENTRIES or is_a_users_folder, preset


@pytest.mark.parametrize("name", [name for name in ENTRIES if name != "sample"])
def test_the_download_is_as_large_as_its_archives_are_registered_to_be(name, tmp_path):
    sizes = [archive.size for archive in archives_of(open_builder(name, str(tmp_path)))]
    assert sizes
    assert ENTRIES[name].download_bytes == (None if None in sizes else sum(sizes))


def test_formats_are_batch_formats_and_every_entry_has_terms():
    for entry in ENTRIES.values():
        assert set(entry.batch_formats) <= set(list_batch_formats())
        assert entry.terms
        assert entry.examples > 0


def test_a_dataset_is_here_once_tfds_has_written_its_last_file(tmp_path, monkeypatch):
    (tmp_path / "mnist/3.0.1").mkdir(parents=True)
    (tmp_path / "mnist/3.0.1/dataset_info.json").touch()
    (tmp_path / "pix2pix/maps/incomplete.X_1.0.0").mkdir(parents=True)
    (tmp_path / "pix2pix/facades/1.0.0").mkdir(parents=True)
    (tmp_path / "pix2pix/facades/1.0.0/dataset_info.json").touch()
    expected = {"sample", "mnist", "pix2pix/facades"}
    assert {e.name for e in list_datasets(str(tmp_path)) if e.is_prepared} == expected
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    assert {e.name for e in list_datasets() if e.is_prepared} == expected
    assert [name for name, entry in ENTRIES.items() if entry.is_prepared] == ["sample"]
