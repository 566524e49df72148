"""Layers whose kernel is divided by its largest singular value.

Miyato, Kataoka, Koyama and Yoshida, "Spectral Normalization for Generative Adversarial Networks",
2018, arXiv:1802.05957. Keras's own `SpectralNormalization` replaces the stored kernel in each
forward pass and lets no gradient through the singular value, which is another algorithm.
"""

import keras
import tensorflow as tf
from keras import ops

_TINY = 1e-12


class _SpectralLayer(keras.layers.Layer):
    """A layer with a kernel W, used as W / sigma(W), and perhaps a bias.

    Algorithm 1 of the paper: a vector u, kept between steps, is moved towards the first singular
    vector by one power iteration in each forward pass in training. The gradient takes the vectors
    for constants and goes through W in sigma = v^T W u. A pass with `training=False` iterates once
    as well, and keeps nothing.
    """

    def __init__(self, filters: int, use_bias: bool, kernel_initializer, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def add_weights(self, kernel_shape):
        """Creates the kernel, `(..., filters)`, the bias and u. They stay in full precision."""
        of_all = {"autocast": False}
        self.kernel = self.add_weight(
            kernel_shape, self.kernel_initializer, name="kernel", **of_all
        )  # fmt: skip
        self.bias = (
            self.add_weight((self.filters,), "zeros", name="bias") if self.use_bias else None
        )
        self.u = self.add_weight(
            (1, self.filters), keras.initializers.RandomNormal(stddev=1.0), name="u",
            trainable=False, aggregation="only_first_replica", **of_all,
        )  # fmt: skip

    def normalised_kernel(self, training: bool) -> tf.Tensor:
        """Returns W / sigma(W), in the layer's compute type."""
        kernel, u = self.kernel.value, self.u.value
        matrix = tf.reshape(kernel, (-1, self.filters))
        constant = tf.stop_gradient(matrix)
        v = _unit(tf.matmul(u, constant, transpose_b=True))
        u = _unit(tf.matmul(v, constant))
        if training:
            self.u.assign(u)
        sigma = tf.matmul(tf.matmul(v, matrix), u, transpose_b=True)[0, 0]
        # Of a kernel of zeros sigma is 0.
        return tf.cast(kernel / tf.maximum(sigma, _TINY), self.compute_dtype)

    def with_bias(self, outputs):
        return outputs if self.bias is None else ops.add(outputs, self.bias)

    def get_config(self):
        initializer = keras.initializers.serialize(self.kernel_initializer)
        return super().get_config() | {
            "filters": self.filters,
            "use_bias": self.use_bias,
            "kernel_initializer": initializer,
        }


def _unit(vector):
    return tf.math.l2_normalize(vector, epsilon=_TINY)


@keras.saving.register_keras_serializable("ganzoo")
class SpectralConv2D(_SpectralLayer):
    """A convolution, padded to keep its size where the stride is 1, of spectral norm 1.

    The norm is that of the kernel as a matrix `(height * width * inputs, filters)`.

    Args:
        filters: the channels of its outputs.
        kernel_size: side of the kernel.
        strides: of the convolution.
        use_bias: whether a bias is added.
        kernel_initializer: a new object for each layer, or a name.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        strides: int = 1,
        use_bias: bool = True,
        kernel_initializer="glorot_uniform",
        **kwargs,
    ):
        super().__init__(filters, use_bias, kernel_initializer, **kwargs)
        self.kernel_size = kernel_size
        self.strides = strides

    def build(self, input_shape):
        self.add_weights((self.kernel_size, self.kernel_size, input_shape[-1], self.filters))

    def call(self, images, training=False):
        kernel = self.normalised_kernel(training)
        return self.with_bias(tf.nn.conv2d(images, kernel, self.strides, "SAME"))

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        return (batch, -(-height // self.strides), -(-width // self.strides), self.filters)

    def get_config(self):
        return super().get_config() | {"kernel_size": self.kernel_size, "strides": self.strides}


@keras.saving.register_keras_serializable("ganzoo")
class SpectralDense(_SpectralLayer):
    """A dense layer of spectral norm 1; of one-hot vectors, and without a bias, an embedding.

    Args:
        filters: its units.
        use_bias: whether a bias is added.
        kernel_initializer: a new object for each layer, or a name.
    """

    def __init__(
        self, filters: int, use_bias: bool = True, kernel_initializer="glorot_uniform", **kwargs
    ):
        super().__init__(filters, use_bias, kernel_initializer, **kwargs)

    def build(self, input_shape):
        self.add_weights((input_shape[-1], self.filters))

    def call(self, inputs, training=False):
        return self.with_bias(tf.matmul(inputs, self.normalised_kernel(training)))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.filters)
