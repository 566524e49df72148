"""Exports where there is no ganzoo: other processes and programs answer as the model does."""

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

import ganzoo
from ganzoo import serving

# Slow, for a program takes seconds to load TensorFlow; of models with the same signatures, one.
SIGNATURES = {"dcgan", "cgan", "pix2pix", "cyclegan"}
ALL_SLOW = [
    pytest.param(name, marks=pytest.mark.slow if name in SIGNATURES else pytest.mark.long)
    for name in ganzoo.list_models()
]
COUNT = 5


def expected(model):
    """`{signature: (inputs, outputs)}` of the model itself."""
    answers = {}
    for name, endpoint in serving.live_endpoints(model).items():
        inputs = endpoint.examples(COUNT)
        tensors = [tf.constant(inputs[spec.name], spec.dtype) for spec in endpoint.inputs]
        outputs = {key: value.numpy() for key, value in endpoint(*tensors).items()}
        answers[name] = inputs, outputs
    return answers


def assert_equal(served, right):
    assert served.keys() == right.keys()
    for name, values in right.items():
        if values.dtype == object:  # pictures in files
            ours, theirs = ([tf.io.decode_png(file) for file in x] for x in (served[name], values))
        else:
            ours, theirs = served[name], values
        for mine, other in zip(ours, theirs, strict=True):
            mine, other = np.asarray(mine), np.asarray(other)
            assert (mine.dtype, mine.shape) == (other.dtype, other.shape)
            limit = 1e-4 if mine.dtype == np.float32 else 1
            np.testing.assert_allclose(mine.astype(float), other, rtol=0, atol=limit)


def run(command, folder):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [str(word) for word in command], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


WITH_TENSORFLOW_ALONE = """
import pickle, sys
import tensorflow as tf
loaded = tf.saved_model.load(sys.argv[1])
questions = pickle.load(open("questions.pickle", "rb"))
answers = {}
for name, inputs in questions.items():
    specs = loaded.signatures[name].structured_input_signature[1]
    tensors = {key: tf.constant(inputs[key], spec.dtype) for key, spec in specs.items()}
    outputs = loaded.signatures[name](**tensors)
    answers[name] = {key: value.numpy() for key, value in outputs.items()}
pickle.dump(answers, open("answers.pickle", "wb"))
assert not {"ganzoo", "tensorflow_datasets"} & set(sys.modules)
"""


@pytest.mark.parametrize("name", ALL_SLOW)
def test_a_process_with_tensorflow_alone_answers_as_the_model(exports, name, tmp_path):
    model, path, _ = exports(name)
    right = expected(model)
    questions = {signature: inputs for signature, (inputs, _) in right.items()}
    (tmp_path / "questions.pickle").write_bytes(pickle.dumps(questions))
    run([sys.executable, "-c", WITH_TENSORFLOW_ALONE, path], tmp_path)
    answers = pickle.loads((tmp_path / "answers.pickle").read_bytes())
    assert answers.keys() == right.keys()
    for signature, (_, outputs) in right.items():
        assert_equal(answers[signature], outputs)


@pytest.mark.parametrize("name", ALL_SLOW)
def test_saved_model_cli_answers_as_the_model(exports, name, tmp_path):
    model, path, _ = exports(name)
    tool = [sys.executable, "-m", "tensorflow.python.tools.saved_model_cli"]
    shown = run([*tool, "show", "--dir", path, "--all"], tmp_path)
    right = expected(model)
    for signature in right:
        assert f"signature_def['{signature}']" in shown
    numbers = "generate" if "generate" in right else "translate"
    for signature in ("serving_default", numbers):
        inputs, outputs = right[signature]
        given = []
        for key, values in inputs.items():
            np.save(tmp_path / f"{signature}-{key}.npy", values)
            given.append(f"{key}={signature}-{key}.npy")
        asked = ["--dir", path, "--tag_set", "serve", "--signature_def", signature]
        out = tmp_path / signature
        run([*tool, "run", *asked, "--inputs", ";".join(given), "--outdir", out], tmp_path)
        assert_equal({key: np.load(out / f"{key}.npy") for key in outputs}, outputs)


@pytest.fixture(scope="session")
def predict(tmp_path_factory):
    """The compiled C program."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("there is no C compiler")
    wheel = Path(tf.__file__).parent
    program = tmp_path_factory.mktemp("c") / "predict"
    libraries = ["-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"]
    source = Path(__file__).with_name("predict.c")
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{wheel}/include", f"-L{wheel}"]
    run([compiler, source, *flags, *libraries, f"-Wl,-rpath,{wheel}", "-o", program], "/")
    return program


def places(path, signature):
    """Of a signature's inputs and outputs, `{name: (operation:index, type number)}` each."""
    graph = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes())
    definition = graph.meta_graphs[0].signature_def[signature]
    return [
        {name: (info.name, info.dtype) for name, info in infos.items()}
        for infos in (definition.inputs, definition.outputs)
    ]


def c_command(program, path, signature, inputs, folder):
    ins, outs = places(path, signature)
    words = [program, path]
    for key, (place, type_number) in ins.items():
        values = np.asarray(inputs[key], tf.as_dtype(type_number).as_numpy_dtype)
        values.tofile(folder / f"{key}.bin")
        words.append(f"{place}:{type_number}:{'x'.join(map(str, values.shape))}:{key}.bin")
    return [*words, "--", *(f"{place}:{key}.out" for key, (place, _) in outs.items())]


@pytest.mark.parametrize("name", ALL_SLOW)
def test_a_c_program_answers_as_the_model(exports, predict, name, tmp_path):
    model, path, _ = exports(name)
    right = expected(model)
    numbers = "generate" if "generate" in right else "translate"
    for signature in ("serving_default", numbers):
        inputs, outputs = right[signature]
        run(c_command(predict, path, signature, inputs, tmp_path), tmp_path)
        served = {
            key: np.fromfile(tmp_path / f"{key}.out", values.dtype).reshape(values.shape)
            for key, values in outputs.items()
        }
        assert_equal(served, outputs)


@pytest.mark.slow
@pytest.mark.parametrize("jit_compile", [False, True])
def test_bad_input_is_an_error_to_a_c_program_too(exports, predict, jit_compile, tmp_path):
    # The library compares no shapes with the signature: what the graph does not check, goes in.
    _, path, _ = exports("cgan", jit_compile)
    for inputs, message in (
        ({"seeds": [1, 2], "labels": [0, 3]}, "labels must be in 0 to num_classes - 1"),
        ({"seeds": [[1]], "labels": [0]}, "[1,1] is not compatible with expected shape [?]"),
        ({"seeds": [-1], "labels": [0]}, "seeds must be in 0 to 2^63 - 1"),
        ({"seeds": [1, 2], "labels": [0]}, "There must be as many labels as seeds"),
    ):
        command = c_command(predict, path, "generate", inputs, tmp_path)
        done = subprocess.run(map(str, command), cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 1 and message in done.stderr


@pytest.mark.parametrize("name", ALL_SLOW)
def test_onnxruntime_answers_as_the_model(tiny_model, name, tmp_path):
    pytest.importorskip("tf2onnx", reason="the extra keras-ganzoo[onnx] is not installed")
    onnxruntime = pytest.importorskip("onnxruntime", reason="keras-ganzoo[onnx] is not installed")
    model = tiny_model(name)
    for signature in serving.onnx_endpoints(serving.live_endpoints(model)):
        path = tmp_path / f"{signature}.onnx"
        model.export(path, "onnx", endpoint=signature)
        session = onnxruntime.InferenceSession(path)
        inputs, outputs = expected(model)[signature]
        assert_equal(dict(zip(outputs, session.run(list(outputs), inputs), strict=True)), outputs)
        if "images" in inputs:  # of any size
            endpoint = serving.live_endpoints(model)[signature]
            inputs["images"] = inputs["images"][:, 1:, :-3]
            right = endpoint(*(tf.constant(inputs[spec.name]) for spec in endpoint.inputs))
            right = {key: value.numpy() for key, value in right.items()}
            assert_equal(dict(zip(right, session.run(list(right), inputs), strict=True)), right)
