"""What is exported is whole, portable and proven, or it is not there."""

import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from ganzoo import DCGAN, serving
from ganzoo.errors import InputError, ResourceError
from ganzoo.serving.proof import prove


@keras.saving.register_keras_serializable("test")
class Untrue(DCGAN):
    """A model whose export cannot answer as it does: it says how often it was asked."""

    asked = 0

    def export_endpoints(self, samplers):
        def serve(latents):
            Untrue.asked += 1
            return {"images": 0.0 * samplers[0](latents) + Untrue.asked}

        return self._with(super().export_endpoints(samplers), serve)

    def _with(self, endpoints, function):
        endpoint = endpoints["serving_default"]
        changed = serving.Endpoint(
            function, endpoint.inputs, endpoint.outputs, endpoint.examples, endpoint.meanings
        )
        return {"serving_default": changed}


@keras.saving.register_keras_serializable("test")
class Pythonic(Untrue):
    """A model whose export would need this process's Python."""

    def export_endpoints(self, samplers):
        def serve(latents):
            return {"images": tf.numpy_function(np.sin, [samplers[0](latents)], tf.float32)}

        return self._with(DCGAN.export_endpoints(self, samplers), serve)


TINY = {"image_shape": (8, 8, 1), "latent_dim": 4, "filters": 2}


@pytest.mark.parametrize(
    ("model_class", "error", "message"),
    [
        (
            Untrue,
            ResourceError,
            "does not answer as the model does: its serving_default may differ",
        ),
        (Pythonic, InputError, "without Python functions.*PyFunc"),
    ],
)
def test_what_would_serve_wrong_images_is_not_exported(model_class, error, message, tmp_path):
    with pytest.raises(error, match=message):
        model_class(**TINY).export(tmp_path / "served")
    assert list(tmp_path.iterdir()) == []


def test_other_weights_are_found_out(tiny_model):
    model, other = tiny_model("dcgan"), tiny_model("dcgan")
    right, wrong = (serving.live_endpoints(m) for m in (model, other))
    answer = lambda name, inputs: {  # noqa: E731
        key: value.numpy()
        for key, value in wrong[name](
            *(tf.constant(inputs[spec.name]) for spec in wrong[name].inputs)
        ).items()
    }
    figures = prove(right, answer)
    assert {name: f["max_difference"] for name, f in figures.items()} == dict.fromkeys(right, 0.0)
    weights = other.generator.trainable_variables[0]
    weights.assign(weights + 0.01)
    with pytest.raises(ResourceError, match=r"may differ by 0\.0001.*Received: 0\.0"):
        prove(right, answer)
    weights.assign(weights * np.nan)
    with pytest.raises(ResourceError, match="Received: nan"):
        prove(right, answer)


def test_an_export_holds_no_python_and_names_no_device(exports):
    _, path, _ = exports("pix2pix")
    graph = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes())
    graph = graph.meta_graphs[0].graph_def
    nodes = [*graph.node, *(node for f in graph.library.function for node in f.node_def)]
    assert len(nodes) > 500
    assert not [node.op for node in nodes if "PyFunc" in node.op]
    assert {node.device for node in nodes} <= {
        "",
        "/device:CPU:0",
        "/device:CPU:*",
    }  # to save variables


def test_network_and_noise_are_in_the_file_once_however_many_signatures_call_them(exports):
    _, path, _ = exports("cgan")
    graph = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes())
    functions = graph.meta_graphs[0].graph_def.library.function
    products = [sum(node.op == "MatMul" for node in function.node_def) for function in functions]
    assert sum(products) == 4  # for latents, label, both, and pixels
    hashes = [any(node.op == "BitwiseXor" for node in function.node_def) for function in functions]
    assert sum(hashes) == 1


def test_nothing_is_written_over(tiny_model, tmp_path):
    model = tiny_model("dcgan")
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path, tmp_path / "file"):
        with pytest.raises(ResourceError, match=f"over something that exists. Received: {path}"):
            model.export(path)
    with pytest.raises(ResourceError, match="folder cannot be written: File exists"):
        model.export(tmp_path / "file" / "served")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_formats_are_keras_own_and_jit_is_for_saved_models(tiny_model, tmp_path):
    model = tiny_model("dcgan")
    with pytest.raises(InputError, match="did you mean 'tf_saved_model'"):
        model.export(tmp_path / "served", format="saved_model")
    with pytest.raises(InputError, match="XLA compiles SavedModels only"):
        model.export(tmp_path / "served", format="onnx", jit_compile=True)


def test_without_the_packages_for_onnx_it_says_what_to_install(tiny_model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)  # import then fails
    with pytest.raises(ResourceError, match=r"pip install .keras-ganzoo\[onnx\]"):
        tiny_model("dcgan").export(tmp_path / "model.onnx", "onnx")
    assert list(tmp_path.iterdir()) == []


def test_onnx_holds_endpoints_of_floats_only(tiny_model, tmp_path):
    pytest.importorskip("tf2onnx", reason="the extra keras-ganzoo[onnx] is not installed")
    with pytest.raises(InputError, match=r"endpoint for ONNX.*Choose from: serving_default"):
        tiny_model("dcgan").export(tmp_path / "model.onnx", "onnx", endpoint="generate")


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("name", ["dcgan", "pix2pix"])
def test_at_lower_precision_the_figures_say_what_it_costs(
    tiny_model, name, dtype, jit_compile, tmp_path
):
    model = serving.at_precision(tiny_model(name), dtype)
    proof = model.export(tmp_path / "served", jit_compile=jit_compile)
    floats = proof["serving_default"]
    assert 1e-4 < floats["from_float32"] < 0.5
    assert floats["limit"] == 2 * floats["from_float32"]
    assert floats["max_difference"] <= floats["limit"]


def test_at_another_precision_a_model_keeps_what_it_samples_with(tiny_model):
    model = tiny_model("dcgan", moving_average=0.5)
    average = model.samplers[0].weights[0]
    average.assign(average + 1.0)
    twin = serving.at_precision(model, "mixed_bfloat16")
    assert twin.dtype_policy.compute_dtype == "bfloat16"
    for mine, its in zip(model.samplers[0].weights, twin.samplers[0].weights, strict=True):
        np.testing.assert_array_equal(mine.numpy(), its.numpy())
