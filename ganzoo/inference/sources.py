"""What the functions on latents share: sources of images, their priors and labels, and images."""

import os
from collections.abc import Mapping, Sequence

import numpy as np
from tqdm import tqdm

from ganzoo.abilities import abilities_of
from ganzoo.config.pretrained import folder_of
from ganzoo.errors import InputError, ResourceError, listed, unknown
from ganzoo.images.label_maps import Color, parse_color
from ganzoo.images.ranges import WHITE
from ganzoo.inference.sampling import BATCH_SIZE, batches_of
from ganzoo.models.base import GANModel
from ganzoo.randomness.priors import LatentSpace
from ganzoo.runs.folder import Run, open_run
from ganzoo.runs.loading import load_run
from ganzoo.serving import ExportedModel, is_saved_model

LatentSource = str | os.PathLike | GANModel | ExportedModel
Label = int | str | Mapping[str, float]  # a class, by number or name, or attributes by name


def open_source(source: LatentSource, checkpoint: str | int = "newest") -> GANModel | ExportedModel:
    """Returns a model that generates images from latents.

    That is a `GANModel` that samples from noise, or an `ExportedModel`, which has of its interface
    what is needed here: `latents_of_seeds`, `latent_shape`, `image_shape`, `num_classes` where
    there are classes, `latent_space`, a call that gradients pass through, and `predict_on_batch`.

    Args:
        source: a run folder, the name of a pretrained run, the folder of an exported SavedModel, or
            such a model itself.
        checkpoint: of a run folder, `"newest"`, `"best"` or a step.

    Raises:
        InputError: if the model does not sample from noise, or another checkpoint of an export is
            asked for.
        ResourceError: if the folder is neither a trained run nor an intact SavedModel.
    """
    model = source
    if isinstance(source, (str, os.PathLike)):
        if Run(folder_of(source)).config_path.is_file():
            model = load_run(source, checkpoint)
        elif not is_saved_model(source):
            raise ResourceError(
                "Not a run folder, which has a config.yaml, nor the folder of an export, which has "
                f"a saved_model.pb (PATH/NAME/VERSION). Received: {str(source)!r}"
            )
        elif checkpoint != "newest":
            raise InputError(
                "An export has the weights that it was made with; checkpoints are a run's. "
                f"Received: {checkpoint!r} of {str(source)!r}"
            )
        else:
            model = ExportedModel(source)
    if not abilities_of(model).samples:
        raise InputError(f"This model does not sample from noise. Received: {type(model).__name__}")
    return model


def background_of(source: LatentSource) -> Color:
    """Returns the colour that a run's data has behind transparent pixels; white, of no run."""
    if isinstance(source, (str, os.PathLike)) and Run(folder_of(source)).config_path.is_file():
        return parse_color(open_run(source).config().values["background"])
    return WHITE


def latent_space_of(model: GANModel | ExportedModel, why: str) -> LatentSpace:
    """Returns the distribution of a model's latents: its mean, its bounds, the path between two.

    Args:
        model: as `open_source` returns it.
        why: what it is needed for, the end of the message's first sentence.

    Raises:
        InputError: if the model states none.
    """
    latent_space = getattr(model, "latent_space", None)
    if latent_space is None:
        raise InputError(
            f"This model does not state what its latents are drawn from (`prior`){why}. "
            f"Received: {type(model).__name__}"
        )
    return latent_space


def checked_labels(model: GANModel | ExportedModel, labels: Sequence[Label] | None) -> list:
    """Returns the labels to generate, none for a model without any.

    Args:
        model: as `open_source` returns it.
        labels: classes, by numbers, or by names where the data has them, whatever their case; or,
            for a model with attributes, what each of those that are named is, 0 or
            1 or between, `{"Smiling": 1}`, all others being 0. None: all classes in turn, or no
            attribute and then each by itself.

    Returns:
        Classes; or of attributes tuples of one number for each.

    Raises:
        InputError: for labels of a model without any, outside its classes or range, or of another
            kind than the model's.
    """
    abilities = abilities_of(model)
    if abilities.attributes:
        return _attributes(abilities.attributes, labels)
    classes = abilities.num_classes
    labels = list(range(classes or 0) if labels is None else labels)
    if labels and classes is None:
        raise InputError(f"This model has no labels. Received: {type(model).__name__}")
    for label in labels:
        if isinstance(label, Mapping):
            raise InputError(
                f"This model has classes, 0 to {classes - 1}, and no attributes. Received: {label}"
            )
    labels = [_number(label, abilities) if isinstance(label, str) else label for label in labels]
    if classes and not (labels and 0 <= min(labels) <= max(labels) < classes):
        raise InputError(
            f"Labels must be in 0 to num_classes - 1, {classes - 1}. "
            f"Received: {', '.join(map(str, labels)) or 'none'}"
        )
    return labels


def _number(name, abilities):
    """Returns the class of a name."""
    names = [each.casefold() for each in abilities.class_names]
    if not names:
        raise InputError(
            f"The classes of this model have no names, only numbers, 0 to "
            f"{abilities.num_classes - 1}. Received: {name!r}"
        )
    if name.casefold() not in names:
        raise unknown("class", name, abilities.class_names)
    return names.index(name.casefold())


def _attributes(names, labels):
    """Returns a tuple of numbers for each label, a mapping or such a tuple."""
    if labels is None:
        labels = [{}, *({name: 1} for name in names)]
    if not labels:
        raise InputError(f"Labels must be given, of the attributes {listed(names)}. Received: none")
    rows = []
    for label in labels:
        if not isinstance(label, Mapping):
            raise InputError(
                f"This model has the attributes {listed(names)}, and no classes. Received: {label}"
            )
        for name, value in label.items():
            if name not in names:
                raise unknown("attribute", name, names)
            if not 0 <= value <= 1:
                raise InputError(f"An attribute is 0 or 1, or between. Received: {name}={value}")
        rows.append(tuple(float(label.get(name, 0.0)) for name in names))
    return rows


def images_of(
    model: GANModel | ExportedModel, latents: np.ndarray, labels: Sequence = ()
) -> np.ndarray:
    """Returns the images of latents.

    Args:
        model: a model that samples from noise.
        latents: float `(count, *latent_shape)`.
        labels: as `checked_labels` returns them, in turn: image i is of `labels[i % len(labels)]`.
            In place of classes, weights of all classes, floats `(labels, num_classes)`.

    Returns:
        float32 `(count, height, width, channels)` in [-1, 1].
    """
    latents = np.asarray(latents, np.float32)
    batches = batches_of(model, latents.__getitem__, len(latents), labels)
    total = -(-len(latents) // BATCH_SIZE)
    return np.concatenate(list(tqdm(batches, "Generating", total, unit="batch", delay=2)))
