"""Picture files as images, by position: TensorFlow's decoder where it can, Pillow elsewhere."""

import hashlib
import os
from pathlib import Path

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from ganzoo.batch_formats import Images, Picture
from ganzoo.data.numpy_calls import numpy_function
from ganzoo.errors import ResourceError
from ganzoo.images.files import read_header

IMAGES = Images()


class Files:
    """Pictures of which only the headers are read at first.

    All images have the same number of channels: 1 if all files are grey, and what is behind their
    transparent pixels; otherwise 3.

    Args:
        root: a folder.
        names: the files by their names relative to it.
        kind: what they are pictures of.

    Attributes:
        root: the folder.
        paths: the files.
        bytes: their sizes by their names.
        sizes: height and width of those that have no fault, by position.
        shape: `(height, width, channels)`, None for sides that differ.
        faults: for files whose headers cannot be read, {position: an error's message}.
        identity: a hash of names, sizes and times of change.
    """

    def __init__(self, root: Path, names: list[str], kind: Picture = IMAGES):
        self._kind = kind
        self.root = root
        self.paths = [root / name for name in names]
        self.faults = {}
        self.bytes = {}
        headers = {}
        identity = hashlib.sha256()
        progress = tqdm(self.paths, desc=f"Reading headers in {root}", unit=" files", delay=2)
        for position, path in enumerate(progress):
            try:
                headers[position] = read_header(path)
            except ResourceError as error:
                self.faults[position] = str(error)
            status = path.stat() if path.exists() else None
            stamp = status and (status.st_size, status.st_mtime_ns)
            self.bytes[names[position]] = status.st_size if status else 0
            identity.update(os.fsencode(f"{names[position]}/{stamp}/"))
        self.identity = identity.hexdigest()
        self.sizes = {position: (each.height, each.width) for position, each in headers.items()}
        self.shape = (
            _common(header.height for header in headers.values()),
            _common(header.width for header in headers.values()),
            _channels(kind, headers.values()),
        )
        self._encoded_paths = tf.constant([os.fsencode(path) for path in self.paths])
        plain = [
            p in headers and headers[p].is_plain_jpeg and not kind.decodes
            for p in range(len(names))
        ]
        self._is_plain_jpeg = np.array(plain)

    def __len__(self):
        return len(self.paths)

    def read(self, position) -> tf.Tensor:
        """Returns the image at a position; fails where the file cannot be decoded."""
        path = tf.gather(self._encoded_paths, position)

        def with_tensorflow():
            # The accurate method is Pillow's default, so both give the same pixels.
            return tf.io.decode_jpeg(
                tf.io.read_file(path), channels=self.shape[-1], dct_method="INTEGER_ACCURATE"
            )

        def with_pillow():
            return numpy_function(self._read_with_pillow, [path], tf.uint8)

        if self._is_plain_jpeg.all():
            image = with_tensorflow()
        else:
            is_plain_jpeg = tf.gather(self._is_plain_jpeg, position)
            image = tf.cond(is_plain_jpeg, with_tensorflow, with_pillow)
        return tf.ensure_shape(image, self.shape)

    def fault(self, position: int) -> str | None:
        """Returns what is wrong with a file, as an error's message; None if nothing is."""
        if position in self.faults:
            return self.faults[position]
        path = self.paths[position]
        try:
            self._kind.read_file(path)
            self.read(position)
        except ResourceError as error:
            return str(error)
        except tf.errors.OpError:  # TensorFlow misses a last marker that Pillow can do without
            return f"An incomplete picture: its end is missing. Received: {str(path)!r}"
        return None

    def _read_with_pillow(self, path):
        path = np.asarray(path).item()  # bytes; outside of a graph an array that holds them
        image = self._kind.read_file(os.fsdecode(path))
        return image if image.shape[-1] == self.shape[-1] else np.repeat(image, 3, -1)


def _channels(kind, headers):
    if kind.decodes:
        return 1
    is_coloured = len(set(kind.background)) > 1  # and behind a grey picture too
    return 3 if is_coloured else max((header.channels for header in headers), default=3)


def _common(values):
    values = set(values)
    return values.pop() if len(values) == 1 else None
