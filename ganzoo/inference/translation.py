"""`translate`: pictures through a trained image-to-image model."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import tensorflow as tf
from tqdm import tqdm

from ganzoo.abilities import abilities_of
from ganzoo.batch_formats import batch_format
from ganzoo.batch_formats.kinds import Kind
from ganzoo.data.settings import DataSettings
from ganzoo.errors import InputError, ResourceError, unknown
from ganzoo.images.files import format_of, save_image
from ganzoo.images.folders import pictures_below
from ganzoo.images.ranges import to_uint8
from ganzoo.models.base import GANModel
from ganzoo.runs.folder import open_run
from ganzoo.runs.loading import load_run
from ganzoo.saving.files import path_of

logger = logging.getLogger(__name__)


def translate(
    run: str | os.PathLike | GANModel,
    images: str | os.PathLike | Sequence[str | os.PathLike],
    output: str | os.PathLike,
    *,
    direction: str = "ab",
    seed: int = 0,
    checkpoint: str | int = "newest",
) -> list[Path]:
    """Translates pictures and writes each, at its own size and by its own name, to a folder.

    Args:
        run: the run folder of an image-to-image model, or such a model.
        images: files and folders, of a model of label maps with ids or the run's colours, as in its
            data; of a folder, all pictures in it and below it, which keep their
            relative paths.
        output: the folder to write to.
        direction: `"ab"` or, for CycleGAN, `"ba"`.
        seed: for Pix2Pix's noise, which is the same for each picture.
        checkpoint: of a run folder, `"newest"`, `"best"` as training was evaluated, or a step.

    Returns:
        The files written.

    Raises:
        InputError: for a model or direction that does not translate, pictures that are not there,
            or two that would be written to one place.
        ResourceError: if `run` is no trained run, the output cannot be written, or pictures could
            not be read; these are named, and the others are written all the same.
    """
    inputs = _targets(images, path_of(output))
    model = load_run(run, checkpoint) if isinstance(run, (str, Path)) else run
    directions = abilities_of(model).directions
    if not directions:
        raise InputError(f"This model does not translate images. Received: {type(model).__name__}")
    if direction not in directions:
        raise unknown(f"direction of {type(model).__name__}", direction, directions)
    kind = kind_of_inputs(run, model, directions.index(direction))

    written, unread = [], []
    for target, path in tqdm(inputs.items(), desc="Translating", unit="image", delay=2):
        try:
            image = kind.read_file(path)
        except ResourceError as error:
            logger.warning("Skipped: %s", error)
            unread.append(path)
            continue
        batch = kind.finished(tf.constant(image[None]))
        outputs = to_uint8(model.translate(batch, direction, seed)).numpy()
        save_image(target, outputs[0])
        written.append(target)
    if unread:
        raise ResourceError(
            f"{len(unread)} of {len(inputs)} images could not be read, and {len(written)} were "
            f"translated. Received: {', '.join(map(str, unread[:5]))}"
        )
    return written


def kind_of_inputs(run: str | os.PathLike | GANModel, model: GANModel, place: int) -> Kind:
    """Returns the kind of the model's inputs; of a run with the settings of its data.

    Args:
        run: as `translate` takes it.
        model: the run's.
        place: of the inputs in a batch.
    """
    declared = batch_format(model.batch_format)
    if isinstance(run, (str, Path)):
        config = open_run(run).config()
        data = DataSettings(**config.arguments(DataSettings), shuffle=False)
        declared = declared.with_settings(data)
    return declared.parts[place].kind


def _targets(images, output):
    """Returns {where to write: what to read}, having checked that nothing is in the way."""
    if isinstance(images, (str, Path)):
        images = [images]
    targets = {}
    for given in map(path_of, images):
        if given.is_dir():
            pairs = [(output / name, given / name) for name in pictures_below(given)]
        else:
            pairs = [(output / given.name, given)] if given.is_file() else []
        if not pairs:
            raise InputError(f"No images there. Received: {str(given)!r}")
        for target, path in pairs:
            format_of(target)
            if target in targets:
                raise InputError(
                    f"Two images would be written to {target}. Received: {targets[target]} and "
                    f"{path}"
                )
            targets[target] = path
    sources = {path.resolve() for path in targets.values()}
    overwritten = next((target for target in targets if target.resolve() in sources), None)
    if overwritten is not None:
        raise InputError(
            "The output would overwrite an image that is to be translated; name another folder. "
            f"Received: {str(overwritten)!r}"
        )
    return targets
