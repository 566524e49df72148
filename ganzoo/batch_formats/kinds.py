"""What a part of a batch can be: its kind says all that the rest of the code asks about it."""

import abc

import numpy as np
import tensorflow as tf


class Kind(abc.ABC):
    """A kind of part. Declared, it is general; `with_settings` makes it that of one dataset.

    A part goes through four stages. A *source* has single examples, of any size. The *cache* has
    arrays of them, of one shape and type. A *batch* is made of the cache's examples, chosen and
    cropped; and the *model* takes it in the model's type.

    Attributes:
        is_picture: whether it is made of a picture: it has a height and a width, it is resized,
            cropped and mirrored with the example's other pictures, and with `cache="none"` it is
            not cached.
        decodes: whether a source's examples are made of pixels or rows by `decode`.
        cached_type: of the cache's arrays.
    """

    is_picture = False
    decodes = False
    cached_type: type

    def with_settings(self, settings) -> "Kind":
        """Returns the kind as the settings of data (`data.DataSettings`) make it."""
        return self

    # The model.

    @abc.abstractmethod
    def example_shape(self, image_shape: tuple) -> tuple:
        """Returns the shape of one example for a model of images of `image_shape`.

        It is what a model has unless it states another (`GANModel.example_shapes`).
        """

    @abc.abstractmethod
    def check(self, tensor: tf.Tensor) -> None:
        """Raises InputError for a model's batch of another type; its shape is checked already."""

    def check_values(self, name: str, array: np.ndarray) -> None:  # noqa: B027, any will do
        """Raises InputError for values that a model's batch cannot have, or warns of them.

        Args:
            name: of the part.
            array: `(count, ...)`, of a type that `check` lets pass.
        """

    @abc.abstractmethod
    def random(self, shape: tuple[int, ...], seed: tuple[int, int]) -> tf.Tensor:
        """Returns a random batch of `shape`, as a model takes it: a function of the seed."""

    # A source.

    @abc.abstractmethod
    def check_array(self, name: str, array: np.ndarray) -> None:
        """Raises InputError for an array of examples that cannot be this part.

        Args:
            name: of the part.
            array: `(count, ...)`.
        """

    @abc.abstractmethod
    def check_spec(self, name: str, spec: tf.TensorSpec) -> None:
        """Raises InputError for a `tf.data` element of single examples that cannot be this part."""

    def from_array(self, value: tf.Tensor) -> tf.Tensor:
        """Returns what a source has of a checked array's row, or of a dataset's element."""
        return value

    def decode(self, value: np.ndarray, where: str) -> np.ndarray:
        """Returns what a source has of decoded pixels, or of an array's row, where it `decodes`.

        Args:
            value: as read.
            where: what messages call it: of a file its path.

        Raises:
            ResourceError: if that is none.
        """
        raise NotImplementedError(f"{type(self).__name__} is taken as it is read")

    # The cache.

    @abc.abstractmethod
    def cached_shape(self, source_shape: tuple[int | None, ...]) -> tuple[int, ...]:
        """Returns the shape of an example in the cache, made of one of `source_shape`."""

    @property
    def cache_key(self) -> str:
        """What makes cached examples others, beyond their source, shape and way of fitting."""
        return ""

    @abc.abstractmethod
    def prepared(
        self, value: tf.Tensor, shape: tuple[int, ...], center_crop: int | None, fit: str
    ) -> tf.Tensor:
        """Returns a source's example as the cache has it.

        Args:
            value: the source's.
            shape: of the result, which `cached_shape` returned.
            center_crop, fit: as in `load_dataset`.
        """

    # A batch.

    def size(self, cached_shape: tuple[int, ...]) -> tuple[int, int] | None:
        """Returns the height and width of an example of the cache; None if it has neither."""
        return None

    def cropped_shape(self, cached_shape: tuple, height: int, width: int) -> tuple[int, ...]:
        """Returns the shape of an example that was cropped to a height and a width."""
        return cached_shape

    def gathered(self, array, indices, top, left, mirrored, height, width) -> np.ndarray:
        """Returns some examples of the cache's array, each cropped and perhaps mirrored.

        Args:
            array: `(size, *cached_shape)`.
            indices, top, left, mirrored: arrays `(count,)`.
            height, width: of the crops.
        """
        return array[indices]

    def cropped(self, value: tf.Tensor, top, left, mirrored, height, width) -> tf.Tensor:
        """Returns one example, cropped and perhaps mirrored, as `gathered` does in arrays."""
        return value

    def finished(self, batch: tf.Tensor) -> tf.Tensor:
        """Returns a batch of the cache's examples, or one of them, as a model takes it."""
        return batch
