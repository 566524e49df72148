"""Layers that Keras lacks, or composes of more operations than it takes."""

from ganzoo.layers.channel_bias import ChannelBias
from ganzoo.layers.equalized import EqualizedConv2D, EqualizedDense
from ganzoo.layers.fade_in import FadeIn
from ganzoo.layers.fir import FIRBlur2D, FIRDownsampling2D, FIRUpsampling2D
from ganzoo.layers.image_pool import ImagePool
from ganzoo.layers.keyed_dropout import KeyedDropout
from ganzoo.layers.layer_normalization import LayerNormalization
from ganzoo.layers.maxout import Maxout
from ganzoo.layers.minibatch_deviation import MinibatchDeviation
from ganzoo.layers.modulated import ModulatedConv2D, ScaledLeakyReLU
from ganzoo.layers.normalization import BatchNormalization, InstanceNormalization
from ganzoo.layers.one_hot_labels import OneHotLabelMaps, OneHotLabels
from ganzoo.layers.pixel_normalization import PixelNormalization
from ganzoo.layers.pixel_shuffle import PixelShuffle
from ganzoo.layers.reflection_padding import ReflectionPadding2D
from ganzoo.layers.single_batch_normalization import SingleBatchNormalization
from ganzoo.layers.spectral import SpectralConv2D, SpectralDense
from ganzoo.layers.style import (
    AdaptiveInstanceNormalization,
    LearnedConstant,
    NoiseInjection,
)
from ganzoo.layers.untied_bias import UntiedBias

__all__ = [
    "AdaptiveInstanceNormalization",
    "BatchNormalization",
    "ChannelBias",
    "EqualizedConv2D",
    "EqualizedDense",
    "FIRBlur2D",
    "FIRDownsampling2D",
    "FIRUpsampling2D",
    "FadeIn",
    "ImagePool",
    "InstanceNormalization",
    "KeyedDropout",
    "LayerNormalization",
    "LearnedConstant",
    "Maxout",
    "MinibatchDeviation",
    "ModulatedConv2D",
    "NoiseInjection",
    "OneHotLabelMaps",
    "OneHotLabels",
    "PixelNormalization",
    "PixelShuffle",
    "ReflectionPadding2D",
    "ScaledLeakyReLU",
    "SingleBatchNormalization",
    "SpectralConv2D",
    "SpectralDense",
    "UntiedBias",
]
