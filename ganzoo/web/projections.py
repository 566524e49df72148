"""An uploaded picture projected: the image of a model that is nearest to it."""

import shlex

import numpy as np
import tensorflow as tf

from ganzoo.images.files import encoded, read_image
from ganzoo.images.fitting import fitted
from ganzoo.images.grids import image_grid
from ganzoo.images.ranges import from_uint8
from ganzoo.inference.projection import project
from ganzoo.inference.sources import background_of
from ganzoo.web.samples import Picture, again
from ganzoo.web.shown import Shown
from ganzoo.web.uploads import uploaded

STEPS, RESTARTS = 200, 2  # a few seconds for small images


def projected(shown: Shown, content: bytes, label, step: int | None) -> Picture:
    """Returns a picture, at the model's size, and beside it the image of the latents found for it.

    Args:
        shown: of a model that samples.
        content: of a picture file; of another size than the model's it is cropped to the centre and
            resized.
        label: as in `samples.image`.
        step: of a checkpoint, or None.

    Raises:
        InputError: for a picture that cannot be read, or as `project` does.
    """
    model = shown.model(step)
    with uploaded(content) as path:
        picture = tf.constant(read_image(path, background_of(shown.folder)))
    target = from_uint8(fitted(picture, model.image_shape, None, "crop")).numpy()
    found = project(model, target, steps=STEPS, restarts=RESTARTS, label=label)
    options, keywords = again(label, step, several_labels=False)
    limits = f"--steps {STEPS} --restarts {RESTARTS}"
    return Picture(
        encoded(image_grid(np.stack([target, found.images[0]]), enlarge=True)),
        command=f"ganzoo project {shlex.quote(shown.source)} picture.png {limits}{options} "
        "--output found",
        python=f'ganzoo.project({shown.source!r}, "picture.png", steps={STEPS}, '
        f"restarts={RESTARTS}{keywords})",
    )
