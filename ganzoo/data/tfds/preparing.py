"""From a TensorFlow Dataset's name to its prepared builder, and to the archives it is made of."""

import contextlib
import re
import socket
import urllib.parse
import urllib.request
from pathlib import Path

import tensorflow as tf

from ganzoo.data.tfds.archives import Archive, put_into
from ganzoo.data.tfds.prepared import is_prepared, prepared_names
from ganzoo.errors import InputError, ResourceError, unknown
from ganzoo.saving.cache_folder import folder_of_tfds
from ganzoo.saving.files import path_of

_NAME = re.compile(r"\w+(/[\w.-]+)?(:[\w.]+)?", re.ASCII)


def prepare_dataset(name: str, source_dir: str, *, data_dir: str | None = None) -> dict[str, int]:
    """Prepares a TensorFlow Dataset from archives that were fetched by hand.

    Their checksums are verified, they are put into TFDS's manual folder (as hard links where that
    is possible), and TFDS makes the dataset of them.

    Args:
        name: such as `"celeb_a"`, `"pix2pix/facades"` or `"cycle_gan/horse2zebra"`.
        source_dir: the folder with the archives, under the names that they are published by. Those
            that are in TFDS's own folders already need not be there.
        data_dir: TFDS's folder; left out, TFDS's own default.

    Returns:
        How many examples each split has.

    Raises:
        InputError: for a name that TFDS does not know.
        ResourceError: for an archive that is missing or is not the published one, or a dataset that
            cannot be made.
    """
    builder = open_builder(name, data_dir)
    if not builder.is_prepared():
        folder = path_of(source_dir)
        if not folder.is_dir():
            raise ResourceError(f"There is no such folder. Received: {str(source_dir)!r}")
        wanted = _missing(builder)
        absent = [archive for archive in wanted if not (folder / archive.filename).exists()]
        if absent:
            raise ResourceError(
                f"To prepare {name!r} from this folder, put into it {_listed(absent)}. "
                f"Received: {str(source_dir)!r}"
            )
        for archive in wanted:
            archive.verify(folder / archive.filename)
        for archive in wanted:
            put_into(_manual_folder(builder), folder / archive.filename)
        ensure_prepared(builder)
    return {split: info.num_examples for split, info in builder.info.splits.items()}


def is_name(text: str, data_dir: str | None) -> bool:
    """Whether a text is the name of a TensorFlow Dataset, with or without configuration.

    That is one that TFDS has, or one that somebody has prepared in `data_dir`.
    """
    if _NAME.fullmatch(text) is None:
        return False
    head = text.partition("/")[0]
    if head in _builder_names() or is_prepared(text, data_dir):
        return True
    # Of a set with configurations it may be none of them, and then an error names the closest.
    heads = {name.partition("/")[0] for name in prepared_names(data_dir)}
    return head in heads and not Path(text).exists()


def is_path(dataset: str, data_dir: str | None) -> bool:
    """Whether a dataset is the path of a folder or of an `.npz` file, and not a name."""
    if dataset.endswith(".npz") or dataset.startswith((".", "~", "/")):
        return True
    return "/" in dataset and not is_name(dataset.partition("#")[0], data_dir)


def is_here(dataset: str, data_dir: str | None) -> bool:
    """Whether a dataset, by its name or path, can be read without a download."""
    if dataset == "sample":
        return True
    if is_path(dataset, data_dir):
        return path_of(dataset).exists()
    return (
        is_name(dataset.partition("#")[0], data_dir)
        and open_builder(dataset.partition("#")[0], data_dir).is_prepared()
    )


def open_builder(name: str, data_dir: str | None):
    """Returns the `tfds.core.DatasetBuilder` of that name; nothing is downloaded yet.

    A dataset that TFDS does not know may have been prepared in `data_dir` by a builder of
    somebody's own: its files are all that is needed.

    Raises:
        InputError: for an unknown name, or a dataset that TFDS cannot open.
    """
    import tensorflow_datasets as tfds

    if not _NAME.fullmatch(name):
        raise InputError(
            "A dataset is 'sample', the name of a TensorFlow Dataset such as 'celeb_a' or "
            f"'cycle_gan/maps', or the path of a folder with a / in it. Received: {name!r}"
        )
    builder_name, _, config_name = name.partition(":")[0].partition("/")
    # TFDS's own default knows of further folders, which may be registered with it.
    folder = data_dir and folder_of_tfds(data_dir)
    if builder_name in _builder_names():
        configs = [config.name for config in tfds.builder_cls(builder_name).BUILDER_CONFIGS]
        if config_name and config_name not in configs:
            choices = [f"{builder_name}/{c}" for c in configs] or [builder_name]
            raise unknown("dataset", name, choices)
    elif is_prepared(name, data_dir):
        folder = folder_of_tfds(data_dir)
    else:
        if path_of(name).exists():
            raise InputError(
                f"No dataset has this name; the path is './{name}'. Received: {name!r}"
            )
        names = dict.fromkeys(("sample", *prepared_names(data_dir), *_builder_names()))
        raise unknown("dataset", name, names)
    try:
        return tfds.builder(name, data_dir=folder)
    except (ValueError, AssertionError, ImportError, OSError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise InputError(f"TFDS cannot open the dataset: {reason}. Received: {name!r}") from error


def ensure_prepared(builder) -> None:
    """Downloads and prepares the dataset unless it is there.

    Raises:
        ResourceError: if that cannot be done; it says what can be done by hand.
    """
    if builder.is_prepared():
        return
    try:
        _require_network(_missing(builder))
        builder.download_and_prepare()
    except (InputError, ResourceError):  # of our own builders
        raise
    except Exception as error:  # TFDS lets through whatever its downloads and parsers raise
        if type(error).__name__ == "NonMatchingChecksumError":
            for archive in archives_of(builder):
                if (path := _manual_folder(builder) / archive.filename).exists():
                    archive.verify(path)
        missing = _missing(builder)
        advice = (
            f"Put {_listed(missing)} into TFDS's manual folder, {_manual_folder(builder)}, and run "
            "this again"
            if missing
            else builder.MANUAL_DOWNLOAD_INSTRUCTIONS or "See the dataset's page in TFDS's catalog"
        )
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ResourceError(
            f"TFDS could not download and prepare {builder.name!r}. {' '.join(advice.split())}. "
            f"Received: {reason[:300]}"
        ) from error


def archives_of(builder) -> list[Archive]:
    """Returns the files that a builder downloads; none if that cannot be found out."""
    if hasattr(builder, "archives"):  # one of ours
        return builder.archives
    known = builder.url_infos or {}  # of all configurations together
    recorder = _Recorder()
    with contextlib.suppress(Exception):  # it ends where the builder begins to read
        builder._split_generators(recorder)
    asked_for = [(url, known[url]) for url in dict.fromkeys(recorder.urls) if url in known]
    return [
        Archive(url, info.filename, "sha256", info.checksum, int(info.size))
        for url, info in asked_for
        if info.filename
    ]


class _Recorder:
    """Stands in for TFDS's download manager: downloads nothing, and records the URLs."""

    def __init__(self):
        self.urls = []

    def download(self, urls):
        urls = tf.nest.map_structure(lambda url: getattr(url, "url", url), urls)
        self.urls += tf.nest.flatten(urls)
        return tf.nest.map_structure(lambda url: Path("/nowhere") / Path(url).name, urls)

    download_and_extract = download

    def iter_archive(self, path):
        return iter(())


def _builder_names():
    import tensorflow_datasets as tfds

    import ganzoo.data.tfds.builders  # noqa: F401  (importing them makes them known to TFDS)

    return tfds.list_builders(with_community_datasets=False)


def _manual_folder(builder):
    return Path(builder.data_dir_root) / "downloads" / "manual"


def _missing(builder):
    """Returns the archives that are neither in the manual folder nor downloaded before."""
    from tensorflow_datasets.core.download import resource

    downloads = Path(builder.data_dir_root) / "downloads"

    def is_here(archive):
        # TFDS names its downloads by URL and, where it knows one, by checksum.
        checksum = archive.checksum if archive.algorithm == "sha256" else None
        name = resource.get_dl_fname(archive.url, checksum)
        places = (downloads / builder.name / name, downloads / name)
        return (downloads / "manual" / archive.filename).exists() or any(p.exists() for p in places)

    return [archive for archive in archives_of(builder) if not is_here(archive)]


def _listed(archives):
    return ", ".join(f"{archive.filename} from {archive.url}" for archive in archives)


def _require_network(archives):
    """Fails at once where TFDS would go on trying for minutes with no network."""
    if urllib.request.getproxies():
        return
    for url in (urllib.parse.urlsplit(archive.url) for archive in archives):
        port = url.port or {"http": 80, "https": 443}.get(url.scheme)
        if url.hostname and port:
            socket.create_connection((url.hostname, port), timeout=10).close()
