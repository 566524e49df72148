"""A dataset's name -> examples.

An example is `{"images": uint8 (height, width, channels), "labels": int64 ()}`, labels where there
are any.
"""

import re
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

# The 10,000 test images of Fashion-MNIST, dealt to three splits.
SAMPLE_SPLITS = {
    "train": slice(0, 8000),
    "validation": slice(8000, 9000),
    "test": slice(9000, 10000),
}


@dataclass(frozen=True)
class Source:
    """One split of a dataset.

    `identity` says where the examples come from: a cache of them is known by it. `shape` is that of
    every image, None where they differ. `formats` are the batch formats that its examples make.
    """

    name: str
    identity: str
    size: int
    shape: tuple[int | None, int | None, int]
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
        shape=images.shape[1:],
        formats=("images", "labelled"),
        examples=lambda: tf.data.Dataset.from_tensor_slices({"images": images, "labels": labels}),
    )


def _tfds(name, split, data_dir):
    import tensorflow_datasets as tfds

    builder = _builder(name, data_dir)
    features = builder.info.features
    image_key = _first(features, tfds.features.Image)
    label_key = _first(features, tfds.features.ClassLabel)
    if image_key is None:
        raise InputError(
            f"Dataset {name!r} has no image feature; it has: {listed(features or ())}. "
            "Choose one with images, such as 'celeb_a'"
        )

    shape = features[image_key].shape
    if shape[-1] not in (1, 3, 4):
        raise InputError(
            f"The images of {name!r} must have 1, 3 or 4 channels. Received: images {shape}"
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
    return Source(name, f"{builder.data_dir}/{split}", size, shape, formats, examples)


def _builder(name, data_dir):
    import tensorflow_datasets as tfds

    if not re.fullmatch(r"\w+(/[\w.-]+)?(:[\w.]+)?", name, re.ASCII):
        raise InputError(
            "A dataset is 'sample' or the name of a TensorFlow Dataset, such as 'celeb_a' or "
            f"'cycle_gan/maps'. Received: {name!r}"
        )
    builder_name, _, config_name = name.partition(":")[0].partition("/")
    others = tfds.list_builders(with_community_datasets=False)
    if builder_name not in others:
        raise unknown("dataset", name, ["sample", *others])
    configs = [config.name for config in tfds.builder_cls(builder_name).BUILDER_CONFIGS]
    if config_name and config_name not in configs:
        raise unknown("dataset", name, [f"{builder_name}/{c}" for c in configs] or [builder_name])
    try:
        return tfds.builder(name, data_dir=data_dir)
    except (ValueError, AssertionError, ImportError, OSError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise InputError(f"TFDS cannot open the dataset: {reason}. Received: {name!r}") from error


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


def _files(builder):
    """Returns {url: its file} of all that the builder may download; TFDS has None for no list."""
    return builder.url_infos or {}


def _missing(builder):
    """Returns {url: its file} of what is neither in the manual folder nor downloaded before."""
    from tensorflow_datasets.core.download import resource

    return {
        url: info
        for url, info in _files(builder).items()
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
    partly_here = len(builder.BUILDER_CONFIGS) > 1 and len(missing) < len(_files(builder))
    if partly_here or urllib.request.getproxies():
        return
    for url in map(urllib.parse.urlsplit, missing):
        port = url.port or {"http": 80, "https": 443}.get(url.scheme)
        if url.hostname and port:
            socket.create_connection((url.hostname, port), timeout=10).close()
