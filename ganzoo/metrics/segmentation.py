"""FCN-score: whether a segmentation network finds in an image the labels it was made from.

Isola et al., arXiv:1611.07004, section 4.1: photographs are made from label maps, a network trained
on real photographs segments them, and its labels are compared with the maps.
"""

from collections.abc import Callable, Iterable

import numpy as np

from ganzoo.errors import InputError
from ganzoo.images.ranges import to_uint8
from ganzoo.metrics.batches import checked
from ganzoo.metrics.results import Result


def fcn_score(segment: Callable, pairs: Iterable, colours, **more) -> Result:
    """Returns per-pixel accuracy, per-class accuracy and class IoU; higher is better.

    With n_ij the pixels of class i that are seen as j, over all images together, and t_i their sum
    over j (Long et al., arXiv:1411.4038, section 5):

        per_pixel_accuracy = sum_i n_ii / sum_i t_i
        per_class_accuracy = mean_i n_ii / t_i
        class_iou          = mean_i n_ii / (t_i + sum_j n_ji - n_ii)

    The means are over the classes that occur, and of IoU those too that are seen and do not.

    Args:
        segment: from images, float `(batch, height, width, 1 or 3)` in [-1, 1], to classes, int
            `(batch, height, width)`, or to their scores, `(batch, height, width, classes)`. It may
            return another size, as the paper's network does; maps are then brought to it.
        pairs: an iterable of `(images, maps)`. Maps are images like `images`, of which each pixel
            has the class of the nearest colour, or classes, int `(batch, height, width)`,
            of which those that are no class are left out.
        colours: uint8 `(classes, 3)`, the colour of each class in the maps.
        more: what else belongs to the protocol, such as the network's name.

    Raises:
        InputError: if images, maps, colours or what `segment` returns are of another kind.
    """
    colours = np.asarray(colours)
    if colours.ndim != 2 or colours.shape[1] != 3 or colours.dtype != np.uint8:
        raise InputError(
            "Colours must be uint8 of the shape (classes, 3). "
            f"Received: {colours.dtype} {colours.shape}"
        )
    classes, count = len(colours), 0
    confusion = np.zeros((classes, classes), np.int64)  # true class, class seen
    for images, maps in pairs:
        images = checked(images, count)
        truth, seen = _truth(maps, colours, count), _seen(segment(images), classes)
        if not len(truth) == len(seen) == len(images):
            raise InputError(
                "There must be one map, and one segmentation, of each image. "
                f"Received: {len(truth)} and {len(seen)} of {len(images)}"
            )
        truth = _resized(truth, seen.shape[1:])
        known = (truth >= 0) & (truth < classes)
        places = truth[known] * classes + seen[known]
        confusion += np.bincount(places, minlength=classes**2).reshape(classes, classes)
        count += len(images)
    hits, true, found = np.diagonal(confusion), confusion.sum(1), confusion.sum(0)
    if not true.any():
        raise InputError("There is no pixel of any class. Received: no maps, or none with classes")
    union = true + found - hits
    values = {
        "per_pixel_accuracy": float(hits.sum() / true.sum()),
        "per_class_accuracy": float((hits[true > 0] / true[true > 0]).mean()),
        "class_iou": float((hits[union > 0] / union[union > 0]).mean()),
    }
    occurring = int((true > 0).sum())
    protocol = {"images": count, "classes": classes, "classes_that_occur": occurring, **more}
    return Result("fcn_score", values, protocol)


def _truth(maps, colours, count):
    maps = np.asarray(maps)
    if maps.ndim == 3 and np.issubdtype(maps.dtype, np.integer):
        return maps.astype(np.int64)
    levels = to_uint8(checked(maps, count)).numpy().astype(np.int32)
    if levels.shape[-1] != 3:
        raise InputError(f"Maps in colours must have 3 channels. Received: {levels.shape}")
    nearest, least = np.zeros(levels.shape[:3], np.int64), np.full(levels.shape[:3], 2**30)
    for number, colour in enumerate(colours.astype(np.int32)):
        distance = ((levels - colour) ** 2).sum(-1)
        nearest[distance < least] = number
        least = np.minimum(least, distance)
    return nearest


def _seen(found, classes):
    found = np.asarray(found)
    if found.ndim == 4 and found.shape[-1] == classes:
        return found.argmax(-1)
    is_map = found.ndim == 3 and np.issubdtype(found.dtype, np.integer)
    if not is_map or found.min() < 0 or found.max() >= classes:
        raise InputError(
            f"A segmentation must be classes 0 to {classes - 1}, int (batch, height, width), or "
            f"scores (batch, height, width, {classes}). Received: {found.dtype} {found.shape}"
        )
    return found.astype(np.int64)


def _resized(maps, size):
    """Each pixel's class from the nearest of the map's."""
    for axis, side in enumerate(size, start=1):
        places = (np.arange(side) + 0.5) * maps.shape[axis] / side
        maps = maps.take(places.astype(int), axis)
    return maps
