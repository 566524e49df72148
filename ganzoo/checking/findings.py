"""What surveys of a dataset show before training: findings worth knowing, and problems."""

import numpy as np

from ganzoo.batch_formats import BatchFormat
from ganzoo.checking.alignment import SUSPICIOUS
from ganzoo.checking.duplicates import AT_MOST
from ganzoo.checking.survey import Survey
from ganzoo.data.settings import DataSettings

# Rules of thumb: a GAN memorises fewer images, and a translator fewer of what it translates.
FEW, FEW_TO_TRANSLATE = 1000, 100
FEW_OF_CLASS = 0.1  # of the median class
MUCH_CUT_OFF = 0.3
NAMED = 50  # files in a line


def problems(
    surveys: list[Survey],
    data: DataSettings,
    images_per_step: int,
    trained_counts: dict[str, int],
    classes: dict[str, int],
    num_classes: int | None,
) -> list[str]:
    """Returns why training would fail, a line each.

    Args:
        surveys: of the sources of one dataset.
        data: the settings that the model would be trained with.
        images_per_step: that training takes.
        trained_counts: by source, the number of examples to train on.
        classes: by name, the number of images of each class; empty without labels.
        num_classes: of the model; None if it has no such setting.
    """
    found = []
    if not data.skip_bad_images and (text := _unreadable(surveys)):
        found.append(f"{text}. Delete them, or set skip_bad_images")
    found += [
        f"A step takes {images_per_step} examples, and {name} has {count} that can be read"
        for name, count in trained_counts.items()
        if count < images_per_step
    ]
    if num_classes is not None and len(classes) > num_classes:
        found.append(
            f"There are {len(classes)} classes, and the model has {num_classes}: set num_classes "
            f"to {len(classes)}"
        )
    return found


def findings(surveys: list[Survey], batch_format: BatchFormat, data: DataSettings) -> list[str]:
    """Returns what should be known before training, though it would not fail, a line each.

    Args:
        surveys: of the sources of one dataset.
        batch_format: of the batches made of it.
        data: the settings that the model would be trained with.
    """
    found = []
    if data.skip_bad_images and (text := _unreadable(surveys)):
        found.append(f"{text}. They are skipped")
    for survey in surveys:
        found += _number(survey, batch_format)
        found += _copies(survey)
        if survey.blank:
            found.append(f"{_count(survey.blank, 'image')} of one colour: {_named(survey.blank)}")
        if survey.class_counts:
            found += _classes(survey.class_counts)
        found += _attributes(survey)
        found += _label_maps(survey)
        if batch_format.is_paired:
            found += _pairs(survey)
        found += _sizes(survey, data)
        found += _channels(survey, data.image_shape)
    return found


def findings_of_splits(
    shared: dict[tuple[str, str], list[tuple[str, str]]], unreadable: list[str]
) -> list[str]:
    """Returns what should be known of a dataset's splits, a line each.

    Args:
        shared: what `shared_pictures` returned.
        unreadable: the faults of files in splits that are not trained on.
    """
    found = [
        f"The same picture in {one} and {other}, {len(pairs):,} of them: "
        f"{_named([' = '.join(pair) for pair in pairs])}"
        for (one, other), pairs in shared.items()
    ]
    if unreadable:
        files = _count(unreadable, "file")
        found.append(f"{files} of other splits that cannot be read: {_named(unreadable)}")
    return found


def _named(names):
    """Returns names, as many as fit into a line."""
    more = f", and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _count(things, name):
    return f"{len(things):,} {name}{'s' if len(things) != 1 else ''}"


def _unreadable(surveys):
    faults = [fault for survey in surveys for fault in survey.unreadable]
    return f"{_count(faults, 'file')} that cannot be read: {_named(faults)}" if faults else ""


def _number(survey, batch_format):
    few = FEW if len(batch_format.pictures) == 1 else FEW_TO_TRANSLATE
    number = len(survey.positions)
    if number >= few:
        return []
    what = "pairs" if batch_format.is_paired else "images"
    return [
        f"Few {what}: {number:,} in {survey.source.name}. A GAN memorises fewer than about "
        f"{few:,}; horizontal_flip and jitter help a little"
    ]


def _copies(survey):
    copies = sum(len(group) - 1 for group in survey.copies)
    found = []
    if copies:
        groups = [" = ".join(group) for group in survey.copies]
        found.append(f"Near-duplicates, {copies:,} of {len(survey.positions):,}: {_named(groups)}")
    if len(survey.positions) > AT_MOST:
        found.append(f"Near-duplicates were searched for among the first {AT_MOST:,} images only")
    return found


def _classes(counts):
    typical = np.median(list(counts.values()))
    few = {name: count for name, count in counts.items() if count < FEW_OF_CLASS * typical}
    few |= {name: count for name, count in counts.items() if count < 2}
    if not few:
        return []
    texts = [f"{name} ({count:,})" for name, count in few.items()]
    return [f"Classes with few images, compared to a median of {typical:,.0f}: {_named(texts)}"]


def _attributes(survey):
    number = len(survey.positions)
    constant = [f"{n} (of {c:,})" for n, c in survey.attribute_counts.items() if c in (0, number)]
    if not constant:
        return []
    return [f"Attributes that are true of all images or of none: {_named(constant)}"]


def _label_maps(survey):
    if survey.class_pixels is None or survey.class_pixels.all():
        return []
    absent = [str(number) for number in np.flatnonzero(survey.class_pixels == 0)]
    of = f"{len(absent)} of {len(survey.class_pixels)}"
    return [f"Classes that no label map has, {of}: {_named(absent)}"]


def _pairs(survey):
    found = []
    if survey.of_different_shapes:
        found.append(
            f"{_count(survey.of_different_shapes, 'pair')} of images of different shapes, which "
            f"cannot be aligned: {_named(survey.of_different_shapes)}"
        )
    fraction, worst = survey.misaligned
    if fraction is not None and fraction >= SUSPICIOUS:
        found.append(
            f"Misaligned: about {fraction:.0%} of the pairs do not belong together, judged by "
            "edges in the same places. These match worse than half of all other partners would: "
            f"{_named(worst)}"
        )
    return found


def _sizes(survey, data):
    found = []
    sizes = np.concatenate(list(survey.sizes.values()))
    if len(sizes) == 0 or data.fit == "pad":  # which crops nothing, and enlarges without blur
        return found
    wanted = np.array(data.image_shape[:2])
    scales = (sizes / wanted).min(1)
    if small := int((scales < 1).sum()):
        found.append(
            f"{small:,} of {len(sizes):,} images are smaller than {wanted[1]}x{wanted[0]}, and "
            "will be blurred"
        )
    cropped = (wanted * scales[:, None]).prod(1) / sizes.prod(1)
    if (lost := 1 - cropped.mean()) > MUCH_CUT_OFF:
        found.append(
            f"Cropping to the centre loses {lost:.0%} of the images; fit=pad loses nothing"
        )
    return found


def _channels(survey, image_shape):
    if image_shape[-1] == 1 or any(channels != 1 for channels in survey.channels):
        return []
    return [
        "All images are grey, and the model would be trained on 3 channels; 1 would do: "
        f"image_shape={[*image_shape[:2], 1]}"
    ]
