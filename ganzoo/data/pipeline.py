"""Kept examples -> batches, as a pure function of (seed, epoch, index).

The order of the steps matters: shuffle indices (not images), gather, transform after the cache (a
transform before it would be drawn once and frozen), convert to float last, prefetch. Small batches
are chosen and gathered several at a time: starting an operation takes longer than its work.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from ganzoo import images as image_range
from ganzoo import randomness
from ganzoo.batch_formats import BATCH_FORMATS
from ganzoo.data.numpy_calls import numpy_function
from ganzoo.data.store import Cuts, OnDemand, Store
from ganzoo.errors import InputError

# What is gathered at a time: so many batches, but of large ones no more than so many bytes.
_BATCHES_AT_A_TIME = 16
_BYTES_AT_A_TIME = 2**21


@dataclass(frozen=True)
class Domain:
    """Examples that are shuffled together: all, or those of one side of an unpaired dataset.

    `parts` are the ones that batches have. `suffix` ends the names of the domain's random streams,
    so that two domains share no noise.
    """

    store: Store | OnDemand
    parts: tuple[str, ...]
    suffix: str = ""


class Pipeline:
    """Batches of a dataset; any position in them can be returned to without replaying the rest.

    An unpaired dataset has two domains, and each is an endless stream of its own: lap after lap
    through its examples, every lap in another order. With one domain a lap is an epoch.

    Args:
        stores: the kept examples, of both domains if there are two.
        batch_format: a key of `BATCH_FORMATS`.
        image_shape: (height, width, ...) of the batches. What is kept may be larger: then a part
            of it is cut out at random.
        batch_size, shuffle, horizontal_flip, seed: as in `load_dataset`.
    """

    def __init__(
        self, stores, batch_format, *, image_shape, batch_size, shuffle, horizontal_flip, seed
    ):
        self.batch_format = batch_format
        self.height, self.width = image_shape[:2]
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.horizontal_flip = horizontal_flip
        self.seed = seed
        self.size = max(map(len, stores))
        self.steps_per_epoch = self._steps(self.size)
        if batch_format == "unpaired":
            a, b = stores
            self._domains = [Domain(a, ("images",), "/a"), Domain(b, ("images",), "/b")]
        else:
            (store,) = stores
            self._domains = [Domain(store, BATCH_FORMATS[batch_format])]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many examples there are; of two domains, in each."""
        return tuple(len(domain.store) for domain in self._domains)

    @property
    def num_classes(self) -> int | None:
        """The largest label and one; None where batches have no labels."""
        domain = self._domains[0]
        if "labels" not in domain.parts:
            return None
        labels = domain.store.labels
        if labels.min() < 0:
            raise InputError(
                f"The labels of {domain.store.name!r} must be 0 or above; a negative one says that "
                f"there is none. Received: {labels.min()}"
            )
        return int(labels.max()) + 1

    def first_examples(self, count: int):
        """Returns the first `count` examples as one batch, nothing about it random.

        Of larger images it has the centre. Where there are fewer examples it has all, and of two
        domains as many as the smaller one has.
        """
        count = min(count, *(len(domain.store) for domain in self._domains))
        indices = tf.range(count, dtype=tf.int64)
        chosen = []
        for domain in self._domains:
            corners = [tf.fill([count], surplus // 2) for surplus in self._surplus(domain)]
            chosen.append((indices, *corners, tf.zeros([count], tf.bool)))
        return self._formatted(*self._gathered(*chosen))

    def stream(
        self, first_step: int = 0, replicas: int = 1, mine: range = range(1)
    ) -> tf.data.Dataset:
        """Returns batches without end, epoch after epoch, from that step of training on.

        Args:
            first_step: of training.
            replicas: in how many equal parts each batch is cut, one after the other.
            mine: which of a batch's parts to return, each as an element of its own.
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
        count = self.batch_size // replicas

        def chosen(numbers):
            steps, parts = numbers // len(mine), mine.start + numbers % len(mine)
            return tuple(self._chosen_of(domain, steps, parts, count) for domain in self._domains)

        def stacked(numbers):
            parts = self._gathered(*chosen(numbers))
            return tuple(tf.reshape(part, (-1, count, *part.shape[1:])) for part in parts)

        def finished(*chosen):
            return self._formatted(*self._gathered(*chosen))

        # In parallel, handed on in order; no batch and no example depends on the one before.
        parallel = {"num_parallel_calls": tf.data.AUTOTUNE, "deterministic": True}
        if not self.shuffle:  # the last batch of an epoch may be smaller
            batches = numbers.batch(1).map(chosen).map(finished, **parallel)
        elif isinstance(self._domains[0].store, OnDemand):
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
        parts = [domain.store.parts[name] for domain in self._domains for name in domain.parts]
        size = sum(part[0].nbytes for part in parts)
        return min(max(_BYTES_AT_A_TIME // (count * size), 1), _BATCHES_AT_A_TIME)

    def _gathered(self, *chosen):
        """Returns the parts of the chosen examples, or of one, as they are kept.

        Args:
            chosen: of each domain, what `_chosen_of` returns.
        """
        parts = []
        for domain, (indices, *cuts) in zip(self._domains, chosen, strict=True):
            cuts = Cuts(*cuts, self.height, self.width)
            parts += domain.store.gather(domain.parts, indices, cuts)
        return parts

    def _formatted(self, *parts):
        """Returns the parts as the batch format has them, images in [-1, 1]."""
        parts = [image_range.from_uint8(part) if part.dtype == tf.uint8 else part for part in parts]
        return parts[0] if len(parts) == 1 else tuple(parts)

    def _chosen_of(self, domain, steps, parts, count):
        """Returns the indices of the examples of some batches, one batch after the other.

        With them come the tops, lefts and mirroring of their cuts.

        Args:
            domain: whose examples.
            steps, parts: the batches, and which part of each; int64, of one shape `(batches,)`.
            count: of examples in a part.
        """
        # Unshuffled, the smaller domain begins again until the larger one ends.
        size = len(domain.store)
        length = size if self.shuffle else self.size
        laps, steps_in_lap = steps // self._steps(length), steps % self._steps(length)
        starts = steps_in_lap * self.batch_size + parts * count
        positions = tf.reshape(starts[:, None] + tf.range(count, dtype=tf.int64), [-1])
        laps = tf.repeat(laps, count)
        if self.shuffle:
            orders = randomness.key(self.seed, f"order{domain.suffix}", laps)
            indices = randomness.shuffled(positions, size, orders)
        else:
            laps, positions = laps[positions < length], positions[positions < length]
            indices = positions % size

        def draw(stream):
            draws = laps * length + positions
            return randomness.uniform_by_index(self.seed, f"{stream}{domain.suffix}", draws)

        corners = [
            tf.cast(draw(stream) * (surplus + 1.0), tf.int64) if surplus else tf.zeros_like(indices)
            for stream, surplus in zip(("top", "left"), self._surplus(domain), strict=True)
        ]
        flip = self.horizontal_flip
        mirrored = draw("flip") >= 0.5 if flip else tf.zeros_like(indices, tf.bool)
        return indices, *corners, mirrored

    def _steps(self, length):
        return length // self.batch_size if self.shuffle else -(-length // self.batch_size)

    def _surplus(self, domain):
        """Returns how many rows and columns kept images have beyond those of a batch."""
        height, width = domain.store.sides
        return np.int64(height - self.height), np.int64(width - self.width)
