"""Classifiers of attributes, for directions: trained on a run's data, and applied to images."""

import os
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from ganzoo.batch_formats import batch_format, list_batch_formats
from ganzoo.data.loading import load_dataset
from ganzoo.data.tfds.preparing import is_name
from ganzoo.errors import InputError
from ganzoo.images.ranges import with_channels
from ganzoo.networks.dcgan import discriminator
from ganzoo.runs.folder import open_run

MOST_BATCHES = 320  # of an epoch
HELD_OUT = 10  # one batch of so many is held out


def train_classifier(
    run: str | os.PathLike, attribute: str, *, epochs: int = 3, seed: int = 0
) -> tuple[keras.Model, float]:
    """Trains a small convolutional network to classify an attribute of the images of a run's data.

    The first tenth of the batches is held out.

    Args:
        run: a run folder; its dataset has labels or, as `celeb_a`, attributes.
        attribute: a feature that is true or false, such as `"Smiling"`, or the number of a class.
        epochs: passes over at most 18,432 images.
        seed: for its weights.

    Returns:
        The classifier, from images in [-1, 1] to logits `(batch, 1)`, and its accuracy on the
        batches that were held out.

    Raises:
        InputError: if the data has no such attribute, or fewer than two batches.
    """
    config = open_run(run).config()
    # The run's batches may be of a format with settings of its own, such as its attributes.
    of_formats = {name for each in list_batch_formats() for name in batch_format(each).settings}
    settings = {k: v for k, v in config.arguments(load_dataset).items() if k not in of_formats}
    dataset = settings["dataset"].partition("#")[0]  # whatever labels the model was trained with
    positive = 1
    if attribute.isdecimal():
        positive = int(attribute)
    elif not is_name(dataset, settings["data_dir"]):
        raise InputError(
            f"Only a TensorFlow Dataset has attributes; of {dataset!r} give the number "
            f"of a class. Received: {attribute!r}"
        )
    else:
        settings["dataset"] = f"{dataset}#{attribute}"
    batches = load_dataset(**settings | {"batch_format": "labelled", "shuffle": False})
    batches = batches.take(MOST_BATCHES).map(
        lambda images, labels: (images, tf.cast(labels == positive, tf.float32)[:, None])
    )
    held_out = max(1, len(batches) // HELD_OUT)
    if len(batches) == held_out:
        raise InputError(
            "A classifier needs two batches of images at least, one of them held out. "
            f"Received: {len(batches)} of {settings['dataset']!r}"
        )
    keras.utils.set_random_seed(seed)
    network = discriminator(settings["image_shape"], filters=16, kernel_size=4)
    classifier = keras.Model(network.inputs, network.outputs[0], name="classifier")
    classifier.compile(
        keras.optimizers.Adam(1e-3),
        keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
    )
    training = batches.skip(held_out)
    with tqdm(None, "Training a classifier", epochs * len(training), unit="step", delay=2) as bar:
        counted = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: bar.update()
        )
        classifier.fit(training, epochs=epochs, shuffle=False, verbose=0, callbacks=[counted])
    _, accuracy = classifier.evaluate(batches.take(held_out), verbose=0)
    return classifier, float(accuracy)


def classify(classifier: keras.Model | Callable, images: np.ndarray) -> np.ndarray:
    """Returns a classifier's scores of images in [-1, 1], `(count,)` or `(count, classes)`."""
    channels = (getattr(classifier, "input_shape", None) or images.shape)[-1] or images.shape[-1]
    scores = []
    for start in range(0, len(images), 64):
        batch = with_channels(tf.constant(images[start : start + 64]), channels)
        keywords = {"training": False} if isinstance(classifier, keras.Model) else {}
        scores.append(np.asarray(classifier(batch, **keywords)))
    return np.concatenate(scores)
