"""Archives that were fetched by hand become a prepared dataset."""

import dataclasses
import hashlib
import os
import sys

import pytest

from ganzoo import list_datasets, load_dataset, prepare_dataset
from ganzoo.cli import main
from ganzoo.data.tfds import archives, preparing
from ganzoo.data.tfds.builders import pix2pix
from ganzoo.errors import InputError, ResourceError

SITE = "https://127.0.0.1"  # fails at once: nobody serves there
CONTENTS = {"greys.npy": b"\x0a\x3c\x6e\xa0", "labels.txt": b"3 1 4 1", "other.npy": b"\x01"}
CODE = '''
import numpy as np
import tensorflow_datasets as tfds


class GanzooHandmade(tfds.core.GeneratorBasedBuilder):
    """One grey image for each byte of a file, in two configurations."""

    VERSION = tfds.core.Version("1.0.0")
    BUILDER_CONFIGS = [tfds.core.BuilderConfig(name=name) for name in ("greys", "other")]

    def _info(self):
        image = tfds.features.Image(shape=(4, 4, 1))
        features = tfds.features.FeaturesDict({"image": image, "label": np.int64})
        return tfds.core.DatasetInfo(builder=self, features=features)

    def _split_generators(self, dl_manager):
        image = dl_manager.download({"image": f"{SITE}/{self.builder_config.name}.npy"})["image"]
        labels = dl_manager.download_and_extract(f"{SITE}/labels.txt")
        with open(labels) as file:
            labels = [int(label) for label in file.read().split()]
        return {"train": self._generate_examples(image, labels)}

    def _generate_examples(self, path, labels):
        with open(path, "rb") as file:
            for number, grey in enumerate(file.read()):
                yield number, {"image": np.full((4, 4, 1), grey, np.uint8), "label": labels[number]}
'''


@pytest.fixture(scope="module", autouse=True)
def builder(tmp_path_factory):
    """A module that registers its builder with TFDS, with the checksums of its files next to it."""
    folder = tmp_path_factory.mktemp("builder")
    (folder / "ganzoo_handmade.py").write_text(f"SITE = {SITE!r}\n{CODE}")
    lines = (
        f"{SITE}/{name}\t{len(content)}\t{hashlib.sha256(content).hexdigest()}\t{name}\n"
        for name, content in CONTENTS.items()
    )
    (folder / "checksums.tsv").write_text("".join(lines))
    sys.path.insert(0, str(folder))
    try:
        __import__("ganzoo_handmade")
    finally:
        sys.path.remove(str(folder))


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def fetched(tmp_path):
    """A folder with the two files that a configuration needs."""
    folder = tmp_path / "fetched"
    folder.mkdir()
    for name in ("greys.npy", "labels.txt"):
        (folder / name).write_bytes(CONTENTS[name])
    return folder


@pytest.fixture
def data_dir(tmp_path):
    return str(tmp_path / "tfds")


def manual(data_dir, name):
    return preparing.Path(data_dir) / "downloads" / "manual" / name


def test_a_dataset_is_prepared_and_its_archives_are_links_and_not_copies(fetched, data_dir):
    assert prepare_dataset("ganzoo_handmade/greys", fetched, data_dir=data_dir) == {"train": 4}
    for name in ("greys.npy", "labels.txt"):
        assert manual(data_dir, name).samefile(fetched / name)
    assert not list(manual(data_dir, "").glob(".*"))
    (batch,) = load_dataset(
        "ganzoo_handmade/greys", image_shape=(4, 4, 1), batch_size=4, data_dir=data_dir
    )
    greys = sorted(((batch.numpy().mean((1, 2, 3)) + 1) * 127.5).round().astype(int).tolist())
    assert greys == sorted(CONTENTS["greys.npy"])


def test_where_links_cannot_be_made_the_archives_are_copied(fetched, data_dir, monkeypatch):
    def fail(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(archives.os, "link", fail)
    prepare_dataset("ganzoo_handmade/greys", str(fetched), data_dir=data_dir)
    assert manual(data_dir, "greys.npy").read_bytes() == CONTENTS["greys.npy"]
    assert not manual(data_dir, "greys.npy").samefile(fetched / "greys.npy")


def test_a_dataset_that_is_prepared_already_needs_no_archives(fetched, data_dir):
    prepare_dataset("ganzoo_handmade/greys", fetched, data_dir=data_dir)
    assert prepare_dataset("ganzoo_handmade/greys", "/nowhere", data_dir=data_dir) == {"train": 4}


def test_archives_that_are_in_tfds_folder_need_not_be_given_again(fetched, data_dir):
    manual(data_dir, "").mkdir(parents=True)
    (fetched / "greys.npy").rename(manual(data_dir, "greys.npy"))
    assert prepare_dataset("ganzoo_handmade/greys", fetched, data_dir=data_dir) == {"train": 4}


def test_tfds_manual_folder_itself_can_be_named(fetched, data_dir):
    manual(data_dir, "").parent.mkdir(parents=True)
    fetched.rename(manual(data_dir, ""))
    assert prepare_dataset("ganzoo_handmade/greys", manual(data_dir, ""), data_dir=data_dir)


def test_every_missing_archive_is_named_with_its_url(fetched, data_dir):
    (fetched / "labels.txt").unlink()
    with pytest.raises(ResourceError) as raised:
        prepare_dataset("ganzoo_handmade/other", fetched, data_dir=data_dir)
    assert str(raised.value) == (
        "To prepare 'ganzoo_handmade/other' from this folder, put into it other.npy from "
        f"{SITE}/other.npy, labels.txt from {SITE}/labels.txt. Received: {str(fetched)!r}"
    )
    assert not manual(data_dir, "").exists()


def test_an_archive_with_another_checksum_is_named_with_both_and_nothing_is_prepared(
    fetched, data_dir
):
    path = fetched / "greys.npy"
    path.write_bytes(b"abcd")
    with pytest.raises(ResourceError) as raised:
        prepare_dataset("ganzoo_handmade/greys", fetched, data_dir=data_dir)
    assert str(raised.value) == (
        f"This is not greys.npy as published: it has SHA256 {hashlib.sha256(b'abcd').hexdigest()}, "
        f"and SHA256 {hashlib.sha256(CONTENTS['greys.npy']).hexdigest()} would be right. Delete "
        f"it, and get it again from {SITE}/greys.npy. Received: {str(path)!r}"
    )
    assert not manual(data_dir, "").exists()
    assert path.read_bytes() == b"abcd"


def test_a_folder_that_does_not_exist_and_an_unknown_name_raise_an_error(data_dir):
    with pytest.raises(ResourceError, match=r"no such folder\. Received: '/nowhere'"):
        prepare_dataset("ganzoo_handmade/greys", "/nowhere", data_dir=data_dir)
    with pytest.raises(InputError, match=r"did you mean 'ganzoo_handmade/greys'\?"):
        prepare_dataset("ganzoo_handmade/grey", "/nowhere", data_dir=data_dir)


def test_a_dataset_of_pix2pix_is_verified_by_its_own_table(tmp_path, data_dir, monkeypatch):
    (tmp_path / "fetched").mkdir()
    path = tmp_path / "fetched" / "maps.tar.gz"
    path.write_bytes(b"not the one")
    archive = dataclasses.replace(pix2pix.ARCHIVES["maps"], size=None, checksum="0" * 32)
    monkeypatch.setitem(pix2pix.ARCHIVES, "maps", archive)
    with pytest.raises(ResourceError, match=r"it has MD5 [0-9a-f]{32}, and MD5 0{32} would be"):
        prepare_dataset("pix2pix/maps", path.parent, data_dir=data_dir)


@pytest.mark.parametrize(
    ("name", "files"),
    {
        "celeb_a": {
            "img_align_celeba.zip", "list_attr_celeba.txt", "list_eval_partition.txt",
            "list_landmarks_align_celeba.txt", "identity_CelebA.txt",
        },
        "cycle_gan/horse2zebra": {"horse2zebra.zip"},
        "pix2pix/edges2shoes": {"edges2shoes.tar.gz"},
        "cifar10": {"cifar-10-binary.tar.gz"},
        "lsun/bedroom": {"bedroom_train_lmdb.zip", "bedroom_val_lmdb.zip"},
    }.items(),
)  # fmt: skip
def test_the_archives_of_a_dataset_are_those_of_its_configuration(name, files, data_dir):
    known = preparing.archives_of(preparing.open_builder(name, data_dir))
    assert {archive.filename for archive in known} == files


def test_the_command_says_what_was_prepared(fetched, data_dir, capsys):
    main(f"data prepare ganzoo_handmade/greys --from {fetched} --data-dir {data_dir}".split())
    assert capsys.readouterr().out.endswith("Prepared ganzoo_handmade/greys: train 4\n")


def test_the_command_names_a_missing_archive_in_one_line(fetched, data_dir, capsys):
    with pytest.raises(SystemExit) as end:
        main(f"data prepare ganzoo_handmade/other --from {fetched} --data-dir {data_dir}".split())
    assert end.value.code == 1
    error = capsys.readouterr().err
    assert error.startswith("Error: ")
    assert error.count("\n") == 1
    assert f"put into it other.npy from {SITE}/other.npy. Received" in error


def test_the_command_lists_what_is_known_without_opening_any_of_it(capsys, data_dir):
    main(f"data list --data-dir {data_dir}".split())
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(list_datasets())
    (maps,) = (line.split() for line in lines if line.startswith("cycle_gan/maps "))
    assert maps[:7] == ["cycle_gan/maps", "4,388", "1,477", "MB", "no", "unpaired,", "images"]
