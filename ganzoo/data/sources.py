"""A dataset's name -> examples.

An example is `{"images": uint8 (height, width, channels), "labels": int64 ()}`, labels where there
are any.
"""

import socket
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import tensorflow as tf

from ganzoo.errors import InputError, ResourceError, listed, unknown

WELL_KNOWN = ("sample", "celeb_a", "mnist", "fashion_mnist", "cifar10")  # named first in errors

# The 10,000 test images of Fashion-MNIST, dealt to three splits.
SAMPLE_SPLITS = {
    "train": slice(0, 8000),
    "validation": slice(8000, 9000),
    "test": slice(9000, 10000),
}


@dataclass(frozen=True)
class Source:
    """One split of a dataset.

    `identity` changes whenever the examples do: a cache of them is known by it. `formats` are the
    batch formats that its examples make.
    """

    name: str
    identity: str
    size: int
    formats: tuple[str, ...]
    examples: Callable[[], tf.data.Dataset]


def open_source(dataset: str, split: str, data_dir: str | None = None) -> Source:
    """Returns a split of the dataset of that name, downloading and preparing it if need be."""
    return _sample(split) if dataset == "sample" else _tfds(dataset, split, data_dir)


def _sample(split):
    if split not in SAMPLE_SPLITS:
        raise unknown("split of 'sample'", split, SAMPLE_SPLITS)
    file = resources.files("ganzoo.data") / "sample" / "fashion_mnist.npz"
    with resources.as_file(file) as path, np.load(path) as arrays:
        images = arrays["images"][SAMPLE_SPLITS[split]][..., None]
        labels = arrays["labels"][SAMPLE_SPLITS[split]].astype(np.int64)
    return Source(
        name="sample",
        identity=f"sample/{split}",
        size=len(images),
        formats=("images", "labelled"),
        examples=lambda: tf.data.Dataset.from_tensor_slices({"images": images, "labels": labels}),
    )


def _tfds(name, split, data_dir):
    import tensorflow_datasets as tfds

    try:
        builder = tfds.builder(name, data_dir=data_dir)
    except tfds.core.DatasetNotFoundError:
        others = tfds.list_builders(with_community_datasets=False)
        raise unknown("dataset", name, [*WELL_KNOWN, *others]) from None
    except ValueError as error:  # a configuration or version that the builder does not have
        builder_name = name.split("/")[0]
        configs = tfds.builder_cls(builder_name).BUILDER_CONFIGS
        if configs:
            names = [f"{builder_name}/{config.name}" for config in configs]
            raise unknown("dataset", name, names) from None
        message = " ".join(str(error).split())
        raise InputError(f"TFDS cannot open the dataset: {message}. Received: {name!r}") from error

    features = builder.info.features
    image_key = _first(features, tfds.features.Image)
    label_key = _first(features, tfds.features.ClassLabel)
    if image_key is None:
        raise InputError(
            f"Dataset {name!r} has no image feature; it has: {listed(features or ())}. "
            "Choose one with images, such as 'celeb_a'"
        )

    _prepare(builder)
    try:
        size = builder.info.splits[split].num_examples
    except (KeyError, ValueError):
        raise unknown(f"split of {name!r}", split, builder.info.splits) from None

    def examples():
        # One file after the other: the order of the examples is part of what a seed means.
        dataset = builder.as_dataset(
            split,
            shuffle_files=False,
            read_config=tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False),
        )
        keys = {"images": image_key} | ({"labels": label_key} if label_key else {})
        return dataset.map(lambda example: {ours: example[key] for ours, key in keys.items()})

    formats = ("images", "labelled") if label_key else ("images",)
    return Source(name, f"{builder.info.full_name}/{split}", size, formats, examples)


def _first(features, kind):
    is_dict = hasattr(features, "items")
    return next((k for k, v in features.items() if isinstance(v, kind)), None) if is_dict else None


def _prepare(builder):
    """Downloads and prepares the dataset unless it is there; says what to do where it cannot."""
    if builder.is_prepared():
        return
    try:
        _require_network(builder)
        builder.download_and_prepare()
    except Exception as error:  # TFDS lets through whatever its downloads and parsers raise
        files = ", ".join(f"{info.filename} from {url}" for url, info in _missing(builder).items())
        advice = (
            f"Put {files} into TFDS's manual folder, {_downloads(builder) / 'manual'}, and run "
            "this again"
            if files
            else builder.MANUAL_DOWNLOAD_INSTRUCTIONS or "See the dataset's page in TFDS's catalog"
        )
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ResourceError(
            f"TFDS could not download and prepare {builder.name!r}. {' '.join(advice.split())}. "
            f"Received: {reason[:300]}"
        ) from error


def _downloads(builder):
    root = Path(builder.data_dir).parents[builder.info.full_name.count("/")]
    return root / "downloads"


def _missing(builder):
    """Returns {url: its file} of what is neither in the manual folder nor downloaded before."""
    from tensorflow_datasets.core.download import resource

    return {
        url: info
        for url, info in builder.url_infos.items()
        if not (_downloads(builder) / "manual" / info.filename).exists()
        and not any(
            (folder / resource.get_dl_fname(url, info.checksum)).exists()
            for folder in (_downloads(builder), _downloads(builder) / builder.name)
        )
    }


def _require_network(builder):
    """Fails at once where TFDS would go on trying for minutes with no network."""
    missing = _missing(builder)
    # Of several configurations only one is wanted, and its files may be those that are here.
    partly_here = len(builder.BUILDER_CONFIGS) > 1 and len(missing) < len(builder.url_infos)
    if partly_here or urllib.request.getproxies():
        return
    for host in sorted({urllib.parse.urlsplit(url).hostname for url in missing}):
        socket.create_connection((host, 443), timeout=10).close()
