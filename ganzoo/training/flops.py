"""How much arithmetic a function or a network does, in floating-point operations (FLOPs).

Both are counted in TensorFlow's graph, where every layer has become convolutions and products of
matrices, whatever the layer calls its weights. All other operations cost next to nothing beside
those and count as none. A multiplication and an addition are two operations.
"""

import math
from collections.abc import Sequence

import keras
import tensorflow as tf

_CONVOLUTIONS = "Conv2D", "Conv3D", "DepthwiseConv2dNative"  # and "Conv2DBackpropInput", ...
# The attribute of a product of matrices that says whether its first factor is transposed.
_TRANSPOSED = {"MatMul": "transpose_a", "BatchMatMulV2": "adj_x", "BatchMatMulV3": "adj_x"}


def count_flops(function: tf.types.experimental.ConcreteFunction) -> int:
    """Returns the floating-point operations of one call of a function.

    What is computed and never used, such as the gradient of an input, is pruned before the function
    runs and is not counted. Neither is what happens inside functions that it calls.

    Args:
        function: traced with shapes that are fully known, the batch too.

    Raises:
        ValueError: if a shape is not known.
    """
    graph = function.graph
    wanted = [x.op for x in graph.outputs] + list(graph.control_outputs)
    wanted += [op for op in graph.get_operations() if op.op_def.is_stateful]
    seen = set()
    while wanted:
        op = wanted.pop()
        if op not in seen:
            seen.add(op)
            wanted += [x.op for x in op.inputs] + list(op.control_inputs)
    return sum(_flops_of(op) for op in seen)


def count_forward_flops(network: keras.Model, image_shape: Sequence[int]) -> int:
    """Returns the floating-point operations of a network's forward pass of one example.

    Args:
        network: a functional model, of any number of inputs.
        image_shape: `(height, width, channels)` of images, for inputs that take any size. What
            else an input leaves open, such as a number of frames, is 1.
    """

    def forward(*inputs):
        return network(inputs if len(inputs) > 1 else inputs[0], training=False)

    specs = [
        tf.TensorSpec(_known(inputs.shape, image_shape), inputs.dtype) for inputs in network.inputs
    ]
    return count_flops(tf.function(forward, autograph=False).get_concrete_function(*specs))


def _known(shape, image_shape):
    """Returns one example's shape; of four dimensions or more the last three are an image's."""
    sides = [1] * len(shape)
    if len(shape) > 3:
        sides[-3:] = image_shape
    return [side if size is None else size for size, side in zip(shape, sides, strict=True)]


def _flops_of(op):
    if op.type.startswith(_CONVOLUTIONS):
        return _flops_of_convolution(op)
    if op.type in _TRANSPOSED:
        summed = op.inputs[0].shape[-2 if op.get_attr(_TRANSPOSED[op.type]) else -1]
        return 2 * _size(op.outputs[0], op) * summed
    if op.type == "Einsum":
        return _flops_of_einsum(op)
    return 0


def _flops_of_convolution(op):
    """A convolution, a transposed one (`BackpropInput`), or the gradient of either to its kernel.

    Each value of the smaller image meets all weights of its channel, whichever of the two images
    and the kernel is computed from the two others.
    """
    kernel = op.outputs[0] if "BackpropFilter" in op.type else op.inputs[1]
    image = op.inputs[2] if "Backprop" in op.type else op.outputs[0]
    channels = kernel.shape[-2 if op.type.startswith("Depthwise") else -1 :]
    return 2 * _size(image, op) * _size(kernel, op) // math.prod(channels)


def _flops_of_einsum(op):
    terms, _, output = op.get_attr("equation").decode().partition("->")
    summed = {}  # the sizes of the indices that are summed over, by their letters
    for term, x in zip(terms.split(","), op.inputs, strict=True):
        before, _, after = term.partition("...")
        sizes = x.shape.as_list()
        named = [*zip(before, sizes, strict=False), *zip(after[::-1], sizes[::-1], strict=False)]
        summed |= {letter: size for letter, size in named if letter not in output}
    return 2 * _size(op.outputs[0], op) * math.prod(summed.values())


def _size(tensor, op):
    if not tensor.shape.is_fully_defined():
        raise ValueError(f"The shape of {op.name} must be known. Received: {tensor.shape}")
    return math.prod(tensor.shape)
