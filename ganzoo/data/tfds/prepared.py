"""Datasets that lie prepared in TFDS's folder, whether or not a builder of theirs is known here."""

from ganzoo.saving.cache_folder import folder_of_tfds

INFO = "dataset_info.json"  # which TFDS writes last, in a folder named after the version


def is_prepared(name: str, data_dir: str | None) -> bool:
    """Whether a name is that of a dataset that lies there.

    Args:
        name: with its configuration, if it has some, and with or without a version.
        data_dir: as of `folder_of_tfds`.
    """
    bare, _, version = name.partition(":")
    return any((folder_of_tfds(data_dir) / bare).glob(f"{version or '*'}/{INFO}"))


def prepared_names(data_dir: str | None) -> list[str]:
    """Returns the names of all datasets that lie there, with their configurations, sorted."""
    folder = folder_of_tfds(data_dir)
    found = [*folder.glob(f"*/*/{INFO}"), *folder.glob(f"*/*/*/{INFO}")]
    return sorted({path.parents[1].relative_to(folder).as_posix() for path in found})
