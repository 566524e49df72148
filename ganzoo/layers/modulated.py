"""Convolutions whose kernels are scaled by a style, and the activation around them.

Karras, Laine, Aittala, Hellsten, Lehtinen and Aila, "Analyzing and Improving the Image Quality of
StyleGAN", 2020, arXiv:1912.04958, section 2.2.
"""

import keras
import tensorflow as tf

from ganzoo.layers.equalized import EqualizedConv2D, convolved


@keras.saving.register_keras_serializable("ganzoo")
class ModulatedConv2D(EqualizedConv2D):
    """A convolution whose kernel w each example's style s scales: w'_ijk = s_i w_ijk (equation 1).

    With `demodulate`, each of its outputs is then divided by the norm of the weights that it is
    made of, sqrt(sum_ik w'_ijk^2 + 1e-8) (equation 3): of inputs of variance 1 it has variance 1.
    The maps are scaled by s before a convolution by w, and by the norms after it, which is the same
    and needs no kernel for each example, nor grouped convolutions, which have no gradient on a CPU.

    Called with maps `(batch, height, width, channels)` and styles `(batch, channels)`; with
    `use_noise` then with noise as well, `(batch, height, width)` of the outputs, which it adds
    times a number that is learned and begins at 0. The bias comes last.

    Args:
        filters: the channels of its outputs.
        kernel_size: side of the kernel, odd.
        demodulate: whether outputs are normalised.
        use_noise: whether noise is added.
        **settings: the others of `EqualizedConv2D`.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        demodulate: bool = True,
        use_noise: bool = False,
        **settings,
    ):
        super().__init__(filters, kernel_size, **settings)
        self.demodulate = demodulate
        self.use_noise = use_noise

    def build(self, input_shape, *_):
        super().build(input_shape)
        if self.use_noise:
            self.noise_strength = self.add_weight((), "zeros", name="noise_strength")

    def call(self, maps, styles, noise=None):
        maps = convolved(
            maps * styles[:, None, None, :], self.scaled_kernel(), self.resampling, self.taps
        )
        if self.demodulate:
            maps = maps * tf.cast(self.norms(styles)[:, None, None, :], maps.dtype)
        if noise is not None:
            maps = maps + noise[..., None] * self.noise_strength
        return self.with_bias(maps)

    def norms(self, styles) -> tf.Tensor:
        """Returns 1 / sqrt(sum_ik (s_i w_ijk)^2 + 1e-8), `(batch, filters)`, in full precision."""
        squares = tf.reduce_sum((self.kernel.value * self.scale) ** 2, axis=(0, 1))
        styles = tf.cast(styles, self.variable_dtype)
        return tf.math.rsqrt(tf.matmul(styles**2, squares) + 1e-8)

    def compute_output_shape(self, input_shape, *_):
        return super().compute_output_shape(input_shape)

    def get_config(self):
        return super().get_config() | {
            "demodulate": self.demodulate,
            "use_noise": self.use_noise,
        }


@keras.saving.register_keras_serializable("ganzoo")
class ScaledLeakyReLU(keras.layers.Layer):
    """Leaky ReLU times sqrt(2): of N(0, 1) its outputs have about the same power.

    Args:
        negative_slope: of what is below 0.
    """

    def __init__(self, negative_slope: float = 0.2, **kwargs):
        super().__init__(**kwargs)
        self.negative_slope = negative_slope

    def call(self, inputs):
        return tf.nn.leaky_relu(inputs, self.negative_slope) * 2.0**0.5

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"negative_slope": self.negative_slope}
