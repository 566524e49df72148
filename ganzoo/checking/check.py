"""A dataset and a model brought together before the hours are spent."""

import contextlib
import logging
from collections import Counter
from pathlib import Path

import numpy as np

from ganzoo import registry
from ganzoo.checking.findings import findings, named
from ganzoo.checking.report import DatasetReport
from ganzoo.checking.survey import survey
from ganzoo.config.config import load_config
from ganzoo.data import transforms
from ganzoo.data.caching import cached_bytes
from ganzoo.data.settings import DataSettings
from ganzoo.data.sources.opening import open_sources
from ganzoo.data.tfds.preparing import is_name
from ganzoo.errors import InputError, ResourceError
from ganzoo.images.files import format_of, save_image
from ganzoo.images.grids import image_grid
from ganzoo.images.ranges import from_uint8
from ganzoo.training.step_time import seconds_per_step

logger = logging.getLogger(__name__)
COLUMNS = 8  # of a contact sheet


def check_dataset(
    dataset: str, model: str, *, contact_sheet: str | None = None, timed: bool = True, **settings
) -> DatasetReport:
    """Looks at every image of a dataset, and times a model that would be trained on it.

    Of a folder or file without splits of its own that is all of it, the held-out tenth included.

    Args:
        dataset: what `load_dataset` takes by name: a dataset, a folder or an `.npz` file.
        model: a model, preset or settings file as in `load_config`.
        contact_sheet: where to write a picture of 64 of the images, as the model would get them.
        timed: whether some training steps are timed, which takes up to a minute for large models.
        **settings: overrides, as in `load_config`: `image_size=64`, `split="test"`.

    Returns:
        A report. If it has `problems`, training with these settings would fail.

    Raises:
        InputError: for a model or setting that does not exist.
        ResourceError: if the contact sheet cannot be written.

    Example:

    >>> from ganzoo import check_dataset
    >>> report = check_dataset("sample", "dcgan", split="test", timed=False)
    >>> report.counts, report.copies, report.problems
    ({'sample': 1000}, [], [])
    """
    config = load_config(model, dataset, **settings)
    if contact_sheet is not None:
        format_of(contact_sheet)  # a wrong suffix shows now
    values, batch_format = config.values, registry.model_class(config.model).batch_format
    checked = (values["dataset"], config.model, batch_format)
    try:
        data = DataSettings(**config.arguments(DataSettings), shuffle=True)
        preprocessing = transforms.Preprocessing.from_settings(data)
        split, sources, trained = _open(values, batch_format, any_split="split" not in settings)
        shapes = [shape for source in sources for shape in source.shapes.values() if shape]
        for shape in shapes:
            transforms.check_center_crop(shape, data.center_crop)
        prepare = None if contact_sheet is None else preprocessing.apply
        surveys = [survey(source, batch_format, prepare) for source in sources]
    except (InputError, ResourceError) as error:
        return DatasetReport(*checked, values["split"], problems=[str(error)])
    counts = {one.source.name: len(one.positions) for one in surveys}
    if sources is trained:
        trained_counts = counts
    else:
        trained_counts = {source.name: source.size for source in trained}
    classes = surveys[0].class_counts if batch_format == "labelled" else {}
    unreadable = [fault for one in surveys for fault in one.unreadable]
    found = findings(surveys, batch_format, data.image_shape, data.fit)
    problems = _problems(values, trained_counts, classes)
    if unreadable:
        text = f"{len(unreadable):,} files that cannot be read: {named(unreadable)}"
        if values["skip_bad_images"]:
            found.insert(0, f"{text}. They are left out")
        else:
            problems.insert(0, f"{text}. Delete them, or set skip_bad_images")
    if contact_sheet is not None and all(counts.values()):
        _write_sheet(Path(contact_sheet), [one.shown for one in surveys])
    needed = cached_bytes(trained, preprocessing)
    place = "memory" if needed <= values["cache_gib"] * 2**30 else "files"
    seconds = None
    if timed and not problems:
        try:
            logger.info("Timing a step of %s", config.model)
            seconds = seconds_per_step(config)
        except InputError as error:  # of the model
            problems.append(str(error))
    sizes = [
        tuple(size) for one in surveys for part in one.sizes.values() for size in part.tolist()
    ]
    return DatasetReport(
        *checked,
        split,
        counts=counts,
        sizes=dict(Counter(sizes)),
        channels=tuple(shape[-1] for shape in shapes),
        classes=classes,
        unreadable=unreadable,
        copies=[group for one in surveys for group in one.copies],
        misfits=surveys[0].misfits[0] if batch_format == "paired" else None,
        cache_bytes=needed,
        cache_place="not cached" if values["cache"] == "none" else f"in {place}",
        steps_per_epoch=max(trained_counts.values()) // values["batch_size"],
        seconds_per_step=seconds,
        findings=found,
        problems=problems,
    )


def _open(values, batch_format, any_split):
    """Returns a split, its sources, and the sources that would be trained on."""
    dataset, split = values["dataset"], values["split"]
    trained = open_sources(dataset, batch_format, split, values["data_dir"])
    if any_split and not is_name(dataset):
        with contextlib.suppress(InputError):  # it has splits of its own, and no "all"
            return "all", open_sources(dataset, batch_format, "all"), trained
    return split, trained, trained


def _problems(values, counts, classes):
    problems = [
        f"A batch is {values['batch_size']} examples, and {name} has {count} that can be read"
        for name, count in counts.items()
        if count < values["batch_size"]
    ]
    if len(classes) > values.get("num_classes", len(classes)):
        problems.append(
            f"There are {len(classes)} classes, and the model has {values['num_classes']}: set "
            f"num_classes to {len(classes)}"
        )
    return problems


def _write_sheet(path, shown):
    grids = [image_grid(from_uint8(images), COLUMNS) for images in shown]
    save_image(path, np.concatenate(grids))
