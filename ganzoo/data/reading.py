"""One pass over a source: every example decoded, and what cannot be read named or skipped."""

import re
from collections.abc import Callable, Iterator

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from ganzoo.data.sources.source import Source
from ganzoo.errors import ResourceError

READ_AT_ONCE = 256
# In TensorFlow's messages, the operations in which something happened.
_WHERE = re.compile(r"\{\{.*?\}\} *|Error in user-defined function .*? iterator: \S+: |\[?\[Op:.*")


def read_through(
    source: Source,
    transform: Callable[[dict], dict],
    skip_bad: bool,
    skipped: dict[int, str],
) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """Yields (count, parts) of the examples that can be read, in order, many at a time.

    Args:
        source: the examples.
        transform: takes each example, and returns the dict of tensors that is yielded.
        skip_bad: whether files that cannot be read are skipped.
        skipped: receives the fault of each file that is skipped, by its position.

    Raises:
        ResourceError: for the first file that cannot be read, if they are not to be skipped; and
            for a source with fewer examples than it states.
    """

    def skip(position):
        skipped[position] = source.fault(position)
        if not skip_bad:
            raise ResourceError(skipped[position])

    for position in source.known_faults():
        skip(position)
    examples = source.examples().map(
        lambda position, example: (position, transform(example)), tf.data.AUTOTUNE
    )
    batches = examples.batch(READ_AT_ONCE).prefetch(2).as_numpy_iterator()
    expected = 0
    # The bar shows only where this takes over two seconds.
    with tqdm(total=source.size, desc=f"Reading {source.name}", unit=" images", delay=2) as bar:
        while True:
            try:
                positions, parts = next(batches, ([source.size], None))
            except tf.errors.OpError as error:
                message = error.message.partition("Traceback (most")[0]  # of a Python function
                reason = _WHERE.sub("", " ".join(message.split()))[:300]
                raise ResourceError(f"{source.name!r} cannot be read: {reason}") from error
            for position in positions:
                for missing in range(expected, position):
                    skip(missing)
                expected = position + 1
            if parts is None:
                break
            yield len(positions), parts
            bar.update(len(positions))
