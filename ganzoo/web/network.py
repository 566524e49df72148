"""A Keras network as the list of steps that `assets/network.js` computes in a browser.

A step is JSON: its kind, the numbers of the steps whose outputs it takes, its settings, and where
its weights are in one block of bytes.

Longer than 250 lines: a few for each kind of layer, and one table of all.
"""

import math
from dataclasses import dataclass, field

import keras
import numpy as np

from ganzoo import layers as own
from ganzoo.errors import InputError

ACTIVATIONS = ("linear", "relu", "tanh", "sigmoid")


@dataclass
class Network:
    """What `network.js` needs of a network.

    Attributes:
        steps: in an order in which each finds what it takes.
        weights: little-endian; kernels float16 or float32, and the rest float32.
        operations: multiplications of weights for one image.
    """

    steps: list[dict] = field(default_factory=list)
    weights: bytearray = field(default_factory=bytearray)
    operations: int = 0
    kernel_type: type = np.float16

    def add(self, kind: str, inputs: list[int], **settings) -> int:
        """Adds a step, whose weights are the settings that are arrays, and returns its number."""
        for name, value in settings.items():
            if isinstance(value, np.ndarray):
                settings[name] = self._stored(value)
        self.steps.append({"kind": kind, "from": inputs} | settings)
        return len(self.steps) - 1

    def _stored(self, array):
        is_kernel = array.ndim > 1
        stored = np.ascontiguousarray(array, self.kernel_type if is_kernel else np.float32)
        self.weights += bytes(-len(self.weights) % 4)
        start = len(self.weights)
        self.weights += stored.tobytes()
        return {"start": start, "shape": list(array.shape), "half": stored.dtype == np.float16}


def browser_network(network: keras.Model, image_shape: tuple, kernel_type=np.float16) -> Network:
    """Returns the steps of a functional network at inference.

    Args:
        network: of the layers that ganzoo's generators are made of.
        image_shape: of its inputs that are images, where their size is free: to count operations.
        kernel_type: in which kernels are stored, float16 or float32.

    Raises:
        InputError: if it has a layer, or a setting of one, that the JavaScript does not have.
    """
    result = Network(kernel_type=kernel_type)
    config = network.get_config()
    of_fixed_size = _of_fixed_size(network, image_shape)
    operations = {each.name: each for each in network.operations}
    numbers = {}
    waiting = [
        (layer["name"], index, node)
        for layer in config["layers"]
        for index, node in enumerate(layer["inbound_nodes"] or [{}])
    ]
    while waiting:
        name, index, node = waiting.pop(0)
        taken = [tuple(history) for history in _histories(node)]
        if not all(history in numbers for history in taken):
            waiting.append((name, index, node))
            continue
        inputs = [numbers[history] for history in taken]
        operation = operations[name]
        if isinstance(operation, keras.layers.Layer):
            is_input = isinstance(operation, keras.layers.InputLayer)  # a clone's has another name
            shape = () if is_input else of_fixed_size.get_layer(name).output.shape
            number = _converted(result, operation, inputs, shape)
        else:
            number = _with_a_number(result, operation, inputs, node)
        numbers[name, index, 0] = number
    outputs = config["output_layers"]
    first = outputs[0] if isinstance(outputs[0], (list, tuple)) else outputs
    result.add("output", [numbers[tuple(first)]])
    return result


def _of_fixed_size(network, image_shape):
    """Returns the same layers for one image of a known size."""
    inputs = []
    for each in network.inputs:
        shape = tuple(each.shape[1:])
        shape = (*image_shape[:2], shape[-1]) if None in shape else shape
        inputs.append(keras.Input(shape, batch_size=1, dtype=each.dtype, name=each.name))
    is_list = isinstance(network.input, (list, tuple))
    return keras.models.clone_model(network, input_tensors=inputs if is_list else inputs[0])


def _histories(node):
    """Yields where the tensors come from that a layer is called with."""
    if isinstance(node, dict) and node.get("class_name") == "__keras_tensor__":
        yield node["config"]["keras_history"]
    elif isinstance(node, dict):
        for value in node.values():
            yield from _histories(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from _histories(value)


def _with_a_number(result, operation, inputs, node) -> int:
    """Adds the step of arithmetic on a tensor and a number, which is no layer."""
    given = [value for value in node["args"] if not isinstance(value, (dict, list))]
    kind = type(operation).__name__
    terms = {"Multiply": (1.0, 0.0), "Add": (0.0, 1.0), "Subtract": (0.0, -1.0)}
    is_second = len(node["args"]) == 2 and isinstance(node["args"][0], dict)
    if not (kind in terms and is_second and len(inputs) == len(given) == 1):
        raise _lacking(operation, "")
    factor, term = (share * given[0] for share in terms[kind])
    scale = factor if kind == "Multiply" else 1.0
    return result.add("affine", inputs, scale=np.float32([scale]), offset=np.float32([term]))


def _converted(result, layer, inputs, shape) -> int:
    """Adds the steps of one layer and returns the number of the last."""
    for kind, convert in _CONVERTERS.items():
        if type(layer) in ((kind,) if isinstance(kind, type) else kind):
            return convert(result, layer, inputs, shape)
    raise _lacking(layer, "")


def _lacking(layer, setting):
    return InputError(
        "The page's own JavaScript has no such layer; name a folder of onnxruntime-web, "
        f"`--runtime DIR`, which computes any. Received: {type(layer).__name__}{setting}"
    )


def _require(layer, **settings):
    """Raises an `InputError` for a setting of a layer other than the one that is known."""
    config = layer.get_config()
    for name, value in settings.items():
        given = config.get(name, value)
        if (tuple(given) if isinstance(given, list) else given) != value:
            raise _lacking(layer, f" with {name}={given!r}")


def _activated(result, layer, number) -> int:
    name = layer.get_config()["activation"]
    if name not in ACTIVATIONS:
        raise _lacking(layer, f" with activation={name!r}")
    return number if name == "linear" else result.add("activation", [number], name=name)


def _input(result, layer, inputs, shape):
    return result.add("input", [], name=layer.name)


def _same(result, layer, inputs, shape):
    return inputs[0]


def _dense(result, layer, inputs, shape):
    kernel = _kernel(layer)
    result.operations += kernel.size * math.prod(shape[1:-1])
    return _activated_if_any(
        result, layer, result.add("dense", inputs, kernel=kernel, **_bias(layer))
    )


def _activated_if_any(result, layer, number):
    return _activated(result, layer, number) if "activation" in layer.get_config() else number


def _kernel(layer):
    """Returns a layer's kernel as it multiplies: of spectral layers divided by its norm."""
    if isinstance(layer, (own.SpectralConv2D, own.SpectralDense)):
        return np.asarray(layer.normalised_kernel(False), np.float32)
    return np.asarray(layer.kernel, np.float32)


def _bias(layer):
    return {"bias": np.asarray(layer.bias, np.float32)} if layer.use_bias else {}


def _convolution(result, layer, inputs, shape):
    _require(layer, dilation_rate=(1, 1), groups=1, data_format="channels_last")
    is_transposed = isinstance(layer, keras.layers.Conv2DTranspose)
    kernel = _kernel(layer)
    if is_transposed:
        _require(layer, output_padding=None)
        kernel = kernel.transpose(0, 1, 3, 2)  # its last axis is that of the inputs
    strides = layer.strides if isinstance(layer.strides, tuple) else (layer.strides,) * 2
    if len(set(strides)) > 1:
        raise _lacking(layer, f" with strides={strides!r}")
    places = math.prod(shape[1:3]) // (strides[0] ** 2 if is_transposed else 1)
    result.operations += kernel.size * places
    number = result.add(
        "transposed" if is_transposed else "convolution", inputs, kernel=kernel,
        stride=strides[0], same=getattr(layer, "padding", "same") == "same", **_bias(layer),
    )  # fmt: skip
    return _activated_if_any(result, layer, number)


def _batch_normalization(result, layer, inputs, shape):
    _require(layer, renorm=False)
    if layer.axis not in (-1, len(shape) - 1):
        raise _lacking(layer, f" with axis={layer.axis!r}")
    scale = 1.0 / np.sqrt(np.asarray(layer.moving_variance, np.float64) + layer.epsilon)
    scale = scale * np.asarray(layer.gamma) if layer.scale else scale
    offset = -np.asarray(layer.moving_mean) * scale
    offset = offset + np.asarray(layer.beta) if layer.center else offset
    return result.add("affine", inputs, scale=np.float32(scale), offset=np.float32(offset))


def _rescaling(result, layer, inputs, shape):
    scale, offset = (np.float32(value).reshape(-1) for value in (layer.scale, layer.offset))
    return result.add("affine", inputs, scale=scale, offset=offset)


def _untied_bias(result, layer, inputs, shape):
    bias = np.asarray(layer.bias, np.float32).reshape(-1)
    return result.add("affine", inputs, scale=np.ones(1, np.float32), offset=bias)


def _own_statistics(result, layer, inputs, shape):
    number = result.add("normalisation", inputs, epsilon=layer.epsilon)
    if isinstance(layer, own.InstanceNormalization):
        return number
    gain, bias = (np.asarray(each, np.float32) for each in (layer.gamma, layer.beta))
    return result.add("affine", [number], scale=gain, offset=bias)


def _relu(result, layer, inputs, shape):
    if layer.max_value is not None or layer.threshold:
        raise _lacking(layer, f" with {layer.max_value=}, {layer.threshold=}")
    return result.add("leaky", inputs, slope=float(layer.negative_slope))


def _leaky_relu(result, layer, inputs, shape):
    return result.add("leaky", inputs, slope=float(layer.negative_slope))


def _reshape(result, layer, inputs, shape):
    return result.add("reshape", inputs, shape=[int(size) for size in shape[1:]])


def _merging(kind):
    def convert(result, layer, inputs, shape):
        if kind == "concatenation" and layer.axis not in (-1, len(shape) - 1):
            raise _lacking(layer, f" with axis={layer.axis!r}")
        return result.add(kind, inputs)

    return convert


def _upsampling(result, layer, inputs, shape):
    _require(layer, interpolation="nearest", data_format="channels_last")
    return result.add("upsampling", inputs, size=[int(size) for size in layer.size])


def _margins(result, layer, inputs, shape):
    """Padding and cropping, which is padding by a negative number."""
    if isinstance(layer, own.ReflectionPadding2D):
        return result.add("padding", inputs, margins=[[layer.padding] * 2] * 2, reflected=True)
    is_padding = isinstance(layer, keras.layers.ZeroPadding2D)
    sides = layer.padding if is_padding else layer.cropping
    margins = [[int(side) if is_padding else -int(side) for side in pair] for pair in sides]
    return result.add("padding", inputs, margins=margins, reflected=False)


def _dropout(result, layer, inputs, shape):
    if not (layer.at_inference and layer.rate):
        return inputs[0]
    return result.add("dropout", inputs, rate=float(layer.rate), stream=layer.stream)


_CONVERTERS = {
    keras.layers.InputLayer: _input,
    (keras.layers.Dense, own.SpectralDense): _dense,
    (keras.layers.Conv2D, keras.layers.Conv2DTranspose, own.SpectralConv2D): _convolution,
    (keras.layers.BatchNormalization, own.BatchNormalization): _batch_normalization,
    (own.InstanceNormalization, own.SingleBatchNormalization): _own_statistics,
    keras.layers.Rescaling: _rescaling,
    own.UntiedBias: _untied_bias,
    keras.layers.ReLU: _relu,
    keras.layers.LeakyReLU: _leaky_relu,
    keras.layers.Activation: lambda result, layer, inputs, shape: _activated(
        result, layer, inputs[0]
    ),
    (keras.layers.Reshape, keras.layers.Flatten): _reshape,
    keras.layers.Concatenate: _merging("concatenation"),
    keras.layers.Add: _merging("sum"),
    keras.layers.Multiply: _merging("product"),
    keras.layers.UpSampling2D: _upsampling,
    (keras.layers.ZeroPadding2D, keras.layers.Cropping2D, own.ReflectionPadding2D): _margins,
    own.OneHotLabels: lambda result, layer, inputs, shape: result.add(
        "one_hot", inputs, size=layer.num_classes
    ),
    own.PixelShuffle: lambda result, layer, inputs, shape: result.add(
        "shuffle", inputs, factor=layer.factor
    ),
    own.Maxout: lambda result, layer, inputs, shape: result.add(
        "maxout", inputs, pieces=layer.pieces
    ),
    own.KeyedDropout: _dropout,
    keras.layers.Dropout: _same,
}
