"""An export as ONNX."""

import tensorflow as tf

from ganzoo.errors import ResourceError, unknown
from ganzoo.serving.saved_model import plain


def onnx_endpoints(endpoints: dict) -> list[str]:
    """Returns those that ONNX can hold: floats to floats. It has no picture files, and no seeds."""
    return [
        name
        for name in endpoints
        if name.startswith("serving_") or name in ("encode", "reconstruct")
    ]


def write_onnx(model, path, *, endpoint: str = "serving_default", opset_version: int = 18) -> None:
    """Writes one endpoint to a file; ONNX has no assertions, so inputs are not checked.

    Args:
        model: states `samplers` and `export_endpoints`.
        path: the file.
        endpoint: the name of one of `onnx_endpoints`.
        opset_version: of ONNX's operators.

    Raises:
        InputError: for another endpoint.
        ResourceError: if tf2onnx is not installed.
    """
    try:
        import tf2onnx
    except ImportError as error:
        raise _missing(error) from error
    endpoints = model.export_endpoints(plain(model.samplers))
    if endpoint not in onnx_endpoints(endpoints):
        raise unknown("endpoint for ONNX", endpoint, onnx_endpoints(endpoints))
    inputs = list(endpoints[endpoint].inputs)
    function = tf.function(endpoints[endpoint].__call__, input_signature=inputs)
    tf2onnx.convert.from_function(
        function, input_signature=inputs, opset=opset_version, output_path=str(path)
    )


def onnx_answers(path):
    """Returns what takes `{name: array}` and returns what onnxruntime makes of it, by name.

    Raises:
        ResourceError: if onnxruntime is not installed.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise _missing(error) from error
    onnxruntime.disable_telemetry_events()
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda inputs: dict(zip(names, session.run(names, inputs), strict=True))


def _missing(error):
    return ResourceError(
        f'ONNX export needs more packages: pip install "keras-ganzoo[onnx]". Received: {error}'
    )
