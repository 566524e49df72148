"""The datasets that ganzoo's presets use, and what to know before downloading one.

The list is a table in this file: it needs neither TensorFlow nor a network.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from ganzoo.saving.cache_folder import folder_of_tfds


@dataclass(frozen=True)
class DatasetEntry:
    """A dataset that has a preset.

    Attributes:
        name: the name that `load_dataset` takes.
        batch_formats: the formats in which `load_dataset` can return it, the usual one first.
        examples: number of images (of pairs, if its usual format is `paired`) in all splits.
        download_bytes: size of its archives; 0 if it ships with ganzoo, None if unknown.
        terms: source of the images and their terms of use, as far as they are stated.
        is_prepared: whether it is on this machine, ready to load.
    """

    name: str
    batch_formats: tuple[str, ...]
    examples: int
    download_bytes: int | None
    terms: str
    is_prepared: bool = False


_PLAIN = ("images",)
_CLASSES = ("images", "labelled")
_ATTRIBUTES = ("images", "attributes")
_PAIRS = ("paired", "label_maps", "images")
_SIDES = ("unpaired", "images")
_MIT = "Zalando; MIT licence"
_NONE_STATED = "no licence stated"
_RESEARCH = "non-commercial research"
_IMAGENET = f"ImageNet's terms: {_RESEARCH}"
_FLICKR = "photographs from Flickr, each under its owner's terms"
_PAINTINGS = f"paintings from WikiArt, {_FLICKR}"
_FACADES = "CMP Facade Database; see its page"
_GOOGLE = "Google Maps' terms"

_DATASETS = (
    DatasetEntry(
        "sample",
        ("images", "labelled", "paired", "unpaired", "attributes", "label_maps"),
        10_000,
        0,
        f"Fashion-MNIST: {_MIT}",
    ),
    DatasetEntry("mnist", _CLASSES, 70_000, 11_594_722, "LeCun and Cortes; CC BY-SA 3.0"),
    DatasetEntry("fashion_mnist", _CLASSES, 70_000, 30_878_645, _MIT),
    DatasetEntry("cifar10", _CLASSES, 60_000, 170_052_171, _NONE_STATED),
    DatasetEntry("celeb_a", _ATTRIBUTES, 202_599, 1_488_628_763, _RESEARCH),
    DatasetEntry("lsun/bedroom", _PLAIN, 3_033_342, 45_927_408_341, _NONE_STATED),
    DatasetEntry("pix2pix/facades", _PAIRS, 606, 30_168_306, _FACADES),
    DatasetEntry("pix2pix/cityscapes", _PAIRS, 3_475, 103_441_232, f"Cityscapes: {_RESEARCH}"),
    DatasetEntry("pix2pix/maps", _PAIRS, 2_194, 250_242_400, _GOOGLE),
    DatasetEntry(
        "pix2pix/edges2shoes", _PAIRS, 50_025, None, "UT Zappos50K: non-commercial academic use"
    ),
    DatasetEntry("pix2pix/edges2handbags", _PAIRS, 138_767, None, "photographs from Amazon"),
    DatasetEntry("pix2pix/night2day", _PAIRS, 20_120, None, "Transient Attributes; see its page"),
    DatasetEntry("cycle_gan/apple2orange", _SIDES, 2_528, 78_456_409, _IMAGENET),
    DatasetEntry("cycle_gan/cezanne2photo", _SIDES, 7_621, 279_885_071, _PAINTINGS),
    DatasetEntry("cycle_gan/facades", _SIDES, 1_012, 35_135_868, _FACADES),
    DatasetEntry("cycle_gan/horse2zebra", _SIDES, 2_661, 116_867_962, _IMAGENET),
    DatasetEntry("cycle_gan/iphone2dslr_flower", _SIDES, 6_186, 339_964_458, _FLICKR),
    DatasetEntry("cycle_gan/maps", _SIDES, 4_388, 1_476_754_427, _GOOGLE),
    DatasetEntry("cycle_gan/monet2photo", _SIDES, 8_231, 305_231_073, _PAINTINGS),
    DatasetEntry("cycle_gan/summer2winter_yosemite", _SIDES, 2_740, 132_640_856, _FLICKR),
    DatasetEntry("cycle_gan/ukiyoe2photo", _SIDES, 7_863, 292_946_532, _PAINTINGS),
    DatasetEntry("cycle_gan/vangogh2photo", _SIDES, 7_838, 306_590_349, _PAINTINGS),
)


def list_datasets(data_dir: str | None = None) -> list[DatasetEntry]:
    """Returns the datasets that ganzoo has presets for.

    Other data can be used as well: any TensorFlow Dataset with images, folders, `.npz` files.

    Args:
        data_dir: TFDS's folder, in which prepared datasets are looked for; None: TFDS's default,
            `$TFDS_DATA_DIR` or `~/tensorflow_datasets`.

    Example:

    >>> from ganzoo import list_datasets
    >>> entry = list_datasets()[0]
    >>> entry.name, entry.examples, entry.is_prepared
    ('sample', 10000, True)
    """
    root = folder_of_tfds(data_dir)
    return [replace(entry, is_prepared=_is_prepared(entry, root)) for entry in _DATASETS]


def _is_prepared(entry: DatasetEntry, root: Path) -> bool:
    # TFDS writes this file last, in a folder named after the version.
    return entry.download_bytes == 0 or any((root / entry.name).glob("*/dataset_info.json"))
