"""A model to a SavedModel or an ONNX file, which appears complete and proven, or not at all."""

import tensorflow as tf

from ganzoo.errors import InputError, ResourceError, unknown
from ganzoo.saving.files import (
    check_utf8,
    folder_written_atomically,
    path_of,
    written_atomically,
)
from ganzoo.serving.exported import write_metadata
from ganzoo.serving.onnx import onnx_answers, write_onnx
from ganzoo.serving.proof import prove
from ganzoo.serving.saved_model import plain, write_saved_model

FORMATS = ("tf_saved_model", "onnx")


def export_model(model, filepath, format, *, jit_compile=False, **kwargs) -> dict[str, dict]:
    """Exports a model as `GANModel.export` documents, and returns the proof."""
    path = path_of(filepath)
    check_utf8(path.absolute())
    if format not in FORMATS:
        raise unknown("export format", format, FORMATS)
    if format == "onnx" and jit_compile:
        raise InputError("XLA compiles SavedModels only. Received: format='onnx', jit_compile=True")
    if path.exists():
        raise ResourceError(f"Cannot export over something that exists. Received: {path}")
    if format == "onnx":
        with written_atomically(path) as temporary:
            return _export_onnx(model, temporary, **kwargs)
    with folder_written_atomically(path) as temporary:
        return _export_saved_model(model, temporary, jit_compile, **kwargs)


def _export_saved_model(model, path, jit_compile, **kwargs):
    write_saved_model(model, path, jit_compile=jit_compile, **kwargs)
    write_metadata(model, path)
    loaded = tf.saved_model.load(path)

    def answer(name, inputs):
        signature = loaded.signatures[name]
        specs = signature.structured_input_signature[1]
        tensors = {key: tf.constant(inputs[key], spec.dtype) for key, spec in specs.items()}
        return {key: value.numpy() for key, value in signature(**tensors).items()}

    return prove(live_endpoints(model), answer, _float32_endpoints(model))


def _export_onnx(model, path, endpoint="serving_default", **kwargs):
    write_onnx(model, path, endpoint=endpoint, **kwargs)
    answers = onnx_answers(path)
    return prove(
        {endpoint: live_endpoints(model)[endpoint]},
        lambda _, inputs: answers(inputs),
        _float32_endpoints(model),
    )


def at_precision(model, dtype: str):
    """Returns a model with the same sampling weights and another dtype policy."""
    twin = type(model).from_config(model.get_config() | {"dtype": dtype})
    for mine, theirs in zip(twin.samplers, model.samplers, strict=True):
        mine.set_weights(theirs.get_weights())
    return twin


def live_endpoints(model) -> dict:
    """Returns the endpoints of the model itself, without anything compiled."""
    return model.export_endpoints(plain(model.samplers))


def _float32_endpoints(model):
    if model.dtype_policy.compute_dtype == "float32":
        return None
    return live_endpoints(at_precision(model, "float32"))
