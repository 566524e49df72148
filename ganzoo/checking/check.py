"""`data check`: a dataset and a model's settings, brought together before hours are spent."""

import contextlib
import dataclasses
import logging
from collections import Counter
from pathlib import Path

import numpy as np

from ganzoo import batch_formats
from ganzoo.batch_formats import BatchFormat
from ganzoo.checking.findings import findings, findings_of_splits, problems
from ganzoo.checking.report import DatasetReport
from ganzoo.checking.splits import shared_pictures
from ganzoo.checking.survey import Survey, survey
from ganzoo.config.config import Config, load_config
from ganzoo.data.caching import cached_bytes
from ganzoo.data.preprocessing import Preprocessing
from ganzoo.data.settings import DataSettings
from ganzoo.data.sources.opening import open_sources
from ganzoo.data.sources.source import Source
from ganzoo.data.tfds.preparing import is_name
from ganzoo.errors import InputError, ResourceError
from ganzoo.images.files import format_of, save_image
from ganzoo.images.fitting import check_center_crop
from ganzoo.images.grids import image_grid
from ganzoo.images.ranges import from_uint8
from ganzoo.training.step_time import seconds_per_step

logger = logging.getLogger(__name__)
COLUMNS = 8  # of a contact sheet


def check_dataset(
    dataset: str, model: str, *, contact_sheet: str | None = None, timed: bool = True, **settings
) -> DatasetReport:
    """Checks every image of a dataset, and times a model that would be trained on it.

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
        format_of(contact_sheet)  # a wrong suffix is an error now, not after the images are read
    report = DatasetReport(
        dataset=config.values["dataset"],
        model=config.model,
        batch_format=config.batch_format,
        split=config.values["split"],
    )
    try:
        data = DataSettings(**config.arguments(DataSettings), shuffle=True)
        declared = batch_formats.batch_format(config.batch_format).with_settings(data)
        any_split = "split" not in settings
        split, sources, trained = _opened(report.dataset, declared, data, any_split)
        for source in sources:
            for part in declared.pictures:
                check_center_crop(source.shapes[part.source_name], data.center_crop)
        preprocessing = Preprocessing.from_settings(data, declared)
        prepare = None if contact_sheet is None else preprocessing.apply
        parts = {source: declared.parts for source in sources}
        if declared.independent:
            parts = {source: (part,) for source, part in zip(sources, declared.parts, strict=True)}
        surveys = [survey(source, parts[source], prepare) for source in sources]
        shared, faults = shared_pictures(report.dataset, declared, data, trained)
    except (InputError, ResourceError) as error:
        return dataclasses.replace(report, problems=[str(error)])
    if contact_sheet is not None and all(one.positions for one in surveys):
        _write_sheet(Path(contact_sheet), [one.shown for one in surveys])
    report = dataclasses.replace(report, split=split)
    report = _surveyed(report, config, data, declared, surveys, trained)
    elsewhere = [fault for fault in faults if fault not in report.unreadable]
    of_splits = findings_of_splits(shared, elsewhere)
    report = dataclasses.replace(report, shared=shared, findings=of_splits + report.findings)
    return _timed(report, config) if timed and not report.problems else report


def _opened(dataset, declared, data, any_split):
    """Returns a split, its sources, and the sources that would be trained on."""
    of_format = {"direction": data.direction}
    trained = open_sources(dataset, declared, data.split, data.data_dir, **of_format)
    if any_split and not is_name(dataset, data.data_dir):
        with contextlib.suppress(InputError):  # it has splits of its own, and no "all"
            return "all", open_sources(dataset, declared, "all", **of_format), trained
    return data.split, trained, trained


def _surveyed(
    report: DatasetReport,
    config: Config,
    data: DataSettings,
    declared: BatchFormat,
    surveys: list[Survey],
    trained: tuple[Source, ...],
) -> DatasetReport:
    """Returns the report with all that surveys show; what is `trained` on may be a part of it."""
    counts = {one.source.name: len(one.positions) for one in surveys}
    # Of what was surveyed it is known how much can be read; otherwise it is not.
    trained_counts = {source.name: source.size for source in trained}
    if all(one.source is source for one, source in zip(surveys, trained, strict=True)):
        trained_counts = counts
    classes = surveys[0].class_counts
    num_classes = config.values.get("num_classes")
    sizes = [
        tuple(size) for one in surveys for part in one.sizes.values() for size in part.tolist()
    ]
    needed = cached_bytes(trained, Preprocessing.from_settings(data, declared))
    place = "in memory" if needed <= data.cache_gib * 2**30 else "in files"
    return dataclasses.replace(
        report,
        counts=counts,
        sizes=dict(Counter(sizes)),
        channels=tuple(channels for one in surveys for channels in one.channels),
        classes=classes,
        attributes=surveys[0].attribute_counts,
        class_pixels=tuple(
            () if surveys[0].class_pixels is None else surveys[0].class_pixels.tolist()
        ),
        unreadable=[fault for one in surveys for fault in one.unreadable],
        copies=[group for one in surveys for group in one.copies],
        misaligned=surveys[0].misaligned[0],
        cache_bytes=needed,
        cache_place="not cached" if data.cache == "none" else place,
        steps_per_epoch=max(trained_counts.values()) // config.images_per_step,
        findings=findings(surveys, declared, data),
        problems=problems(
            surveys, data, config.images_per_step, trained_counts, classes, num_classes
        ),
    )


def _timed(report: DatasetReport, config: Config) -> DatasetReport:
    """Returns the report with the time of a step, or with the reason that there is none."""
    logger.info("Timing a step of %s", config.model)
    try:
        return dataclasses.replace(report, seconds_per_step=seconds_per_step(config))
    except InputError as error:  # of the model
        return dataclasses.replace(report, problems=[str(error)])


def _write_sheet(path, shown):
    grids = [image_grid(from_uint8(images), COLUMNS, enlarge=True) for images in shown]
    save_image(path, np.concatenate(grids))
