"""What surveys of a dataset show that one should know before training on it, a line each."""

import numpy as np

from ganzoo.checking.alignment import SUSPICIOUS
from ganzoo.checking.duplicates import AT_MOST
from ganzoo.checking.survey import Survey

# Rules of thumb: fewer images are learnt by heart.
FEW = {"images": 1000, "labelled": 1000, "paired": 100, "unpaired": 100}
FEW_OF_CLASS = 0.1  # of the median class
MUCH_CUT_OFF = 0.3
NAMED = 50  # files in a line


def findings(surveys: list[Survey], batch_format: str, image_shape, fit: str) -> list[str]:
    """Returns what is worth a look.

    Args:
        surveys: of the sources of one dataset.
        batch_format: what batches are made of it.
        image_shape, fit: as in `load_dataset`.
    """
    found = []
    for survey in surveys:
        found += _number(survey, batch_format)
        found += _copies(survey)
        if survey.blank:
            found.append(f"{_count(survey.blank, 'image')} of one colour: {named(survey.blank)}")
        if batch_format == "labelled":
            found += _classes(survey.class_counts)
        if batch_format == "paired":
            found += _pairs(survey)
        found += _sizes(survey, image_shape, fit)
        if image_shape[-1] == 3 and all(s[-1] == 1 for s in survey.source.shapes.values() if s):
            found.append(
                f"All images are grey, and 3 channels are asked for; 1 would do: image_shape="
                f"{[*image_shape[:2], 1]}"
            )
    return found


def named(names: list[str]) -> str:
    """Returns names, as many as fit into a line."""
    more = f", and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _count(things, name):
    return f"{len(things):,} {name}{'s' if len(things) != 1 else ''}"


def _number(survey, batch_format):
    number, few = len(survey.positions), FEW[batch_format]
    if number >= few:
        return []
    what = "pairs" if batch_format == "paired" else "images"
    return [
        f"Few {what}: {number:,} in {survey.source.name}. A GAN learns fewer than about {few:,} by "
        "heart; horizontal_flip and jitter help a little"
    ]


def _copies(survey):
    copies = sum(len(group) - 1 for group in survey.copies)
    found = []
    if copies:
        groups = [" = ".join(group) for group in survey.copies]
        found.append(f"Near-duplicates, {copies:,} of {len(survey.positions):,}: {named(groups)}")
    if len(survey.positions) > AT_MOST:
        found.append(f"Near-duplicates were looked for among the first {AT_MOST:,} images only")
    return found


def _classes(counts):
    typical = np.median(list(counts.values()))
    few = {name: count for name, count in counts.items() if count < FEW_OF_CLASS * typical}
    few |= {name: count for name, count in counts.items() if count < 2}
    if not few:
        return []
    texts = [f"{name} ({count:,})" for name, count in few.items()]
    return [f"Classes with few images, beside a median of {typical:,.0f}: {named(texts)}"]


def _pairs(survey):
    found = []
    if survey.unlike:
        found.append(
            f"{_count(survey.unlike, 'pair')} of images of different shapes, which will not lie "
            f"over each other: {named(survey.unlike)}"
        )
    share, seen = survey.misfits
    if share is not None and share >= SUSPICIOUS:
        found.append(
            f"Misaligned: about {share:.0%} of the pairs do not belong together, as far as lines "
            "in the same places show. Of these, fit worse than half of all other partners would: "
            f"{named(seen)}"
        )
    return found


def _sizes(survey, image_shape, fit):
    found = []
    sizes = np.concatenate(list(survey.sizes.values()))
    if len(sizes) == 0 or fit == "pad":  # which cuts nothing off, and enlarges without blur
        return found
    wanted = np.array(image_shape[:2])
    scales = (sizes / wanted).min(1)
    if small := int((scales < 1).sum()):
        found.append(
            f"{small:,} of {len(sizes):,} images are smaller than {wanted[1]}x{wanted[0]}, and "
            "will be blurred"
        )
    kept = (wanted * scales[:, None]).prod(1) / sizes.prod(1)
    if (cut := 1 - kept.mean()) > MUCH_CUT_OFF:
        found.append(f"Cutting out the centre loses {cut:.0%} of the images; fit=pad keeps all")
    return found
