"""The step of training as tutorials teach it, on a model's own architecture: what to beat.

The networks are copies of the model's, with Keras's own normalisation and dropout, and the losses
are the model's. The ways of writing the step:

* `plain`: the model's own order of updates, with a tape and a pass of the generator for each of
  the two updates;
* `tensorflow`: both updates from one forward pass under two tapes, applied at the same time, as in
  TensorFlow's tutorials on DCGAN, Pix2Pix and CycleGAN;
* `keras`: the discriminator on reals and fakes in one batch, then the generator on noise of its
  own, as in Keras's examples of GANs.
"""

from collections.abc import Callable

import keras

from ganzoo.benchmarking.tutorials.adversarial import (
    ImageToImageTutorial,
    LatentTutorial,
    Tutorial,
)
from ganzoo.benchmarking.tutorials.cycle import CycleTutorial
from ganzoo.errors import InputError, listed
from ganzoo.models import CDCGAN, CGAN, DCGAN, GAN, LSGAN, CycleGAN, Pix2Pix

# By a model's class: how its networks are called, and the ways of writing its step. GAN, CGAN and
# CDCGAN update in TensorFlow's order themselves, and no example of Keras's translates pairs.
TUTORIALS: dict[type, tuple[type[Tutorial | CycleTutorial], tuple[str, ...]]] = {
    GAN: (LatentTutorial, ("tensorflow", "keras")),
    CGAN: (LatentTutorial, ("tensorflow", "keras")),
    DCGAN: (LatentTutorial, ("plain", "tensorflow", "keras")),
    LSGAN: (LatentTutorial, ("plain", "tensorflow", "keras")),
    CDCGAN: (LatentTutorial, ("tensorflow", "keras")),
    Pix2Pix: (ImageToImageTutorial, ("plain", "tensorflow")),
    CycleGAN: (CycleTutorial, ("plain", "tensorflow")),
}


def tutorial_steps(
    model: keras.Model, optimizer: Callable[[], keras.optimizers.Optimizer]
) -> dict[str, Callable]:
    """Returns by its way each step of a model; a step takes a tuple of tensors, a batch.

    Args:
        model: of a class in `TUTORIALS`. Its networks are copied; it is left as it is.
        optimizer: returns a new optimizer.

    Raises:
        InputError: as `check_has_tutorial` does.
    """
    check_has_tutorial(type(model))
    tutorial, ways = TUTORIALS[type(model)]
    written = tutorial(model, optimizer)
    return {way: getattr(written, way) for way in ways}


def check_has_tutorial(model_class: type) -> None:
    """Raises InputError if no tutorial's step is written for models of a class."""
    if model_class not in TUTORIALS:
        raise InputError(
            "Models with a tutorial's step to compare with are "
            f"{listed(known.__name__ for known in TUTORIALS)}. Received: {model_class.__name__}"
        )
