"""Examples -> batches, as a pure function of (seed, epoch, index).

The order of the steps matters: shuffle indices (not images), gather, augment after the cache (what
is drawn before it would be drawn once and frozen), convert to float last, prefetch. Small batches
are chosen and gathered several at a time: starting an operation takes longer than its work.
"""

import itertools
import string
from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from ganzoo import randomness
from ganzoo.batch_formats import BatchFormat
from ganzoo.data.domains import Domain
from ganzoo.data.examples import CachedExamples, CropBoxes, UncachedExamples
from ganzoo.data.numpy_calls import numpy_function
from ganzoo.errors import InputError

# The most batches that are gathered at a time, and the most bytes.
_BATCHES_AT_A_TIME = 16
_BYTES_AT_A_TIME = 2**21


class Pipeline:
    """Batches of a dataset; any position in them can be returned to without replaying the rest.

    An unpaired dataset has two domains, and each is an endless stream of its own: pass after pass
    over its examples, every pass in another order. With one domain a pass is an epoch.

    Args:
        examples: one object with those of each domain.
        batch_format: with the settings of the data, where its kinds have some.
        image_shape: (height, width, ...) of the batches. The examples' images may be larger: then
            each is cropped at random.
        batch_size, horizontal_flip, seed: as in `load_dataset`.
        shuffle: likewise, but true or false.
        batches_per_step: how many batches an element has, one after another along its first axis:
            of models whose step takes several. Then an epoch is of whole elements.
        class_names: the names of the labels, in their order, where they are known.
        files: of pictures in a folder, their sizes in bytes by their names.

    Raises:
        InputError: for several batches a step without shuffling.
    """

    def __init__(
        self,
        examples: Sequence[CachedExamples | UncachedExamples],
        batch_format: BatchFormat,
        *,
        image_shape: tuple[int, ...],
        batch_size: int,
        shuffle: bool,
        horizontal_flip: bool,
        seed: int,
        batches_per_step: int = 1,
        class_names: Sequence[str] = (),
        files: Mapping[str, int] | None = None,
    ):
        if batches_per_step > 1 and not shuffle:
            raise InputError(
                "Several batches a step are for training, on shuffled batches. "
                f"Received: shuffle=False, batches_per_step={batches_per_step}"
            )
        self.batch_format = batch_format
        self.height, self.width = image_shape[:2]
        self.batch_size = batch_size
        self.batches_per_step = batches_per_step
        self.class_names = tuple(class_names)
        self.files = dict(files or {})
        self.shuffle = shuffle
        self.horizontal_flip = horizontal_flip
        self.seed = seed
        self.size = max(map(len, examples))
        self.steps_per_epoch = self._steps(self.size)
        parts = batch_format.parts
        if batch_format.independent:
            sides = zip(examples, parts, string.ascii_lowercase[: len(examples)], strict=True)
            self.domains = [Domain(some, (part,), f"/{letter}") for some, part, letter in sides]
        else:
            (everything,) = examples
            self.domains = [Domain(everything, parts)]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many examples there are; of two domains, in each."""
        return tuple(len(domain.examples) for domain in self.domains)

    @property
    def num_classes(self) -> int | None:
        """The largest label and one; None where batches have no labels."""
        return self.domains[0].num_classes

    def first_examples(self, count: int):
        """Returns the first `count` examples as one batch, nothing about it random.

        Larger images are cropped to the centre. Where there are fewer examples it has all, and of
        two domains as many as the smaller one has.
        """
        count = min(count, *self.sizes)
        indices = tf.range(count, dtype=tf.int64)
        chosen = []
        for domain in self.domains:
            centre = [tf.fill([count], surplus // 2) for surplus in self._surplus(domain)]
            chosen.append((indices, *centre, tf.zeros([count], tf.bool)))
        return self._formatted(*self._gathered(*chosen))

    def stream(
        self, first_step: int = 0, replicas: int = 1, mine: range = range(1)
    ) -> tf.data.Dataset:
        """Returns batches without end, epoch after epoch, from that step of training on.

        Args:
            first_step: of training.
            replicas: the number of equal parts that each batch is split into, one after another.
            mine: which of a batch's parts to return, each as an element of its own; of several
                batches a step it is that part of the first, then of the second, and so on.
        """
        numbers = tf.data.Dataset.counter(first_step * len(mine), dtype=tf.int64)
        return self._batches(numbers, tf.data.INFINITE_CARDINALITY, replicas, mine)

    def epochs(self) -> tf.data.Dataset:
        """Returns the batches of one epoch; each time it is iterated, those of the next."""
        counter = itertools.count()
        number = tf.data.Dataset.from_tensors(0).map(
            lambda _: tf.ensure_shape(
                numpy_function(lambda: np.int64(next(counter)), [], tf.int64), ()
            )
        )
        steps = number.flat_map(
            lambda epoch: tf.data.Dataset.range(
                epoch * self.steps_per_epoch, (epoch + 1) * self.steps_per_epoch
            )
        )
        return self._batches(steps, self.steps_per_epoch)

    def _batches(self, numbers, cardinality, replicas=1, mine=range(1)):
        """Returns the batches, or those parts of them that are `mine`, with these numbers."""
        part_size = self.batch_size // replicas
        count = self.batches_per_step * part_size  # of examples in an element

        def chosen(numbers):
            steps, parts = numbers // len(mine), mine.start + numbers % len(mine)
            return tuple(
                self._chosen_of(domain, steps, parts, part_size) for domain in self.domains
            )

        def stacked(numbers):
            parts = self._gathered(*chosen(numbers))
            return tuple(tf.reshape(part, (-1, count, *part.shape[1:])) for part in parts)

        def finished(*chosen):
            return self._formatted(*self._gathered(*chosen))

        # In parallel, handed on in order; no batch and no example depends on the one before.
        parallel = {"num_parallel_calls": tf.data.AUTOTUNE, "deterministic": True}
        if not self.shuffle:  # the last batch of an epoch may be smaller
            batches = numbers.batch(1).map(chosen).map(finished, **parallel)
        elif isinstance(self.domains[0].examples, UncachedExamples):
            # Files are decoded, and become floats while they are in the processor's cache, before
            # they are batched.
            examples = numbers.batch(_BATCHES_AT_A_TIME).map(chosen).unbatch()
            batches = examples.map(finished, **parallel).batch(count, drop_remainder=True)
        else:
            stacks = numbers.batch(self._batches_at_a_time(count)).map(stacked, **parallel)
            batches = stacks.unbatch().map(self._formatted, **parallel)
        assert_cardinality = tf.data.experimental.assert_cardinality(cardinality)
        return batches.apply(assert_cardinality).prefetch(tf.data.AUTOTUNE)

    def _batches_at_a_time(self, count):
        """Returns how many batches of `count` examples are gathered as one."""
        parts = [domain.examples.parts[name] for domain in self.domains for name in domain.kinds]
        size = sum(part[0].nbytes for part in parts)
        return min(max(_BYTES_AT_A_TIME // (count * size), 1), _BATCHES_AT_A_TIME)

    def _gathered(self, *chosen):
        """Returns the parts of the chosen examples, or of one, cropped, as they are cached.

        Args:
            chosen: of each domain, what `_chosen_of` returns.
        """
        parts = []
        for domain, (indices, *boxes) in zip(self.domains, chosen, strict=True):
            boxes = CropBoxes(*boxes, self.height, self.width)
            parts += domain.examples.gather(domain.kinds, indices, boxes)
        return parts

    def _formatted(self, *parts):
        """Returns the parts as the batch format has them, and models take them."""
        parts = [
            part.kind.finished(x) for part, x in zip(self.batch_format.parts, parts, strict=True)
        ]
        return parts[0] if len(parts) == 1 else tuple(parts)

    def _chosen_of(self, domain, steps, parts, part_size):
        """Returns the indices of the examples of some elements, one element after another.

        With them come `top`, `left` and `mirrored` of their crop boxes.

        Args:
            domain: whose examples.
            steps, parts: of the elements, and which part of each batch; int64, of one shape.
            part_size: of examples in a part.
        """
        # Unshuffled, the smaller domain begins again until the larger one ends.
        size = len(domain.examples)
        length = size if self.shuffle else self.size
        passes, steps_in_pass = steps // self._steps(length), steps % self._steps(length)
        starts = steps_in_pass * self._examples_per_step + parts * part_size
        of_batches = self.batch_size * tf.range(self.batches_per_step, dtype=tf.int64)
        in_element = tf.reshape(of_batches[:, None] + tf.range(part_size, dtype=tf.int64), [-1])
        positions = tf.reshape(starts[:, None] + in_element, [-1])
        passes = tf.repeat(passes, self.batches_per_step * part_size)
        if self.shuffle:
            orders = randomness.key(self.seed, f"order{domain.suffix}", passes)
            indices = randomness.shuffled(positions, size, orders)
        else:
            passes, positions = passes[positions < length], positions[positions < length]
            indices = positions % size

        def draw(stream):
            draws = passes * length + positions
            return randomness.uniform_by_index(self.seed, f"{stream}{domain.suffix}", draws)

        top_left = [
            tf.cast(draw(stream) * (surplus + 1.0), tf.int64) if surplus else tf.zeros_like(indices)
            for stream, surplus in zip(("top", "left"), self._surplus(domain), strict=True)
        ]
        flip = self.horizontal_flip
        mirrored = draw("flip") >= 0.5 if flip else tf.zeros_like(indices, tf.bool)
        return indices, *top_left, mirrored

    @property
    def _examples_per_step(self):
        return self.batches_per_step * self.batch_size

    def _steps(self, length):
        steps, left = divmod(length, self._examples_per_step)
        return steps if self.shuffle or not left else steps + 1

    def _surplus(self, domain):
        """Returns how many rows and columns images have beyond those of a batch."""
        height, width = domain.size or (self.height, self.width)
        return np.int64(height - self.height), np.int64(width - self.width)
