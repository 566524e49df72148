"""The proof of an export: its answers compared with those of the model."""

import contextlib

import numpy as np
import tensorflow as tf

from ganzoo.errors import ResourceError

EXAMPLES = 3
FLOAT_LIMIT = 1e-4  # of images in [-1, 1]
PIXEL_LIMIT = 1.0  # of images in 0 to 255; those in picture files are decoded


def prove(endpoints, answer, float32_endpoints=None) -> dict[str, dict]:
    """Compares each endpoint of an export with the model: on some examples, and on one alone.

    An export may differ from the model by `FLOAT_LIMIT` or `PIXEL_LIMIT`. Where the model computes
    in a lower precision, another order of its sums is another rounding; there it may differ by
    twice as much as that precision makes the model differ from itself in float32.

    Args:
        endpoints: `{name: Endpoint}` of the model itself, without anything compiled: the reference.
        answer: takes an endpoint's name and `{name: array}`, and returns the export's `{name:
            array}`.
        float32_endpoints: those of the model in float32, if it computes in a lower precision.

    Returns:
        `{endpoint: {"examples", "max_difference", "limit", "alone_or_in_a_batch"}}`: the last is
        how much the first example differs when it is alone. With `float32_endpoints` also
        `"from_float32"`, how much the model differs from itself in float32.

    Raises:
        ResourceError: if the export differs by more than the limit.
    """
    results = {}
    for name, endpoint in endpoints.items():
        inputs = endpoint.examples(EXAMPLES)
        with _full_float32():
            expected = _live(endpoint, inputs)
            together = answer(name, inputs)
            alone = answer(name, {key: values[:1] for key, values in inputs.items()})
            rounding = {}
            if float32_endpoints:
                in_float32 = _live(float32_endpoints[name], inputs)
                rounding = {"from_float32": _difference(name, in_float32, expected)}
        is_float = all(values.dtype == np.float32 for values in expected.values())
        limit = FLOAT_LIMIT if is_float else PIXEL_LIMIT
        results[name] = {
            "examples": EXAMPLES,
            "max_difference": _difference(name, together, expected),
            "alone_or_in_a_batch": _difference(
                name, alone, {key: values[:1] for key, values in together.items()}
            ),
            "limit": max(limit, *(2 * value for value in rounding.values()), 0.0),
            **rounding,
        }
        worst = np.maximum(*(results[name][k] for k in ("max_difference", "alone_or_in_a_batch")))
        if not worst <= results[name]["limit"]:  # NaN is not
            raise ResourceError(
                f"The export does not answer as the model does: its {name} may differ by "
                f"{results[name]['limit']}, alone and in a batch. Received: {worst}"
            )
    return results


def _live(endpoint, inputs):
    tensors = [tf.constant(inputs[spec.name], spec.dtype) for spec in endpoint.inputs]
    return {key: value.numpy() for key, value in endpoint(*tensors).items()}


def _difference(name, ours, theirs) -> float:
    """The largest difference of any value; pictures in files are decoded."""
    shapes = [
        {key: [pixels.shape for pixels in _pixels(values)] for key, values in outputs.items()}
        for outputs in (ours, theirs)
    ]
    if shapes[0] != shapes[1]:
        raise ResourceError(
            f"The export's {name} should return what the model does, {shapes[1]}. "
            f"Received: {shapes[0]}"
        )
    differences = [
        np.abs(mine.astype(np.float64) - other).max()
        for key in theirs
        for mine, other in zip(_pixels(ours[key]), _pixels(theirs[key]), strict=True)
    ]
    return float(np.max(differences))  # which, unlike Python's, keeps NaN


def _pixels(values):
    if values.dtype != object:
        return values
    return [tf.io.decode_png(png).numpy() for png in values]


@contextlib.contextmanager
def _full_float32():
    """Keeps a GPU from rounding float32 to TensorFloat-32, by more than the limit."""
    config = tf.config.experimental
    before = config.tensor_float_32_execution_enabled()
    config.enable_tensor_float_32_execution(False)
    try:
        yield
    finally:
        config.enable_tensor_float_32_execution(before)
