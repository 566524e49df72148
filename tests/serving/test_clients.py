"""The clients of docs/serving/, against a server that answers from an export.

TensorFlow Serving itself is no Python package and is not run here. This server speaks its REST and
gRPC as documented, and what it answers with is the export.
"""

import base64
import concurrent.futures
import http.server
import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import yaml
from PIL import Image

DOCS = Path(__file__).parents[2] / "docs" / "serving"


class RestHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ask = None

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            inputs = {name: _plain(values) for name, values in asked["inputs"].items()}
            ((_, values),) = type(self).ask(asked["signature_name"], **inputs).items()
            outputs = [{"b64": base64.b64encode(value).decode()} for value in values]
            self._reply(200, {"outputs": outputs})
        except tf.errors.InvalidArgumentError as error:
            self._reply(400, {"error": error.message})

    def _reply(self, status, answer):
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def _plain(values):
    return [base64.b64decode(v["b64"]) if isinstance(v, dict) else v for v in values]


@pytest.fixture
def rest(exports):
    """Returns a function from a model's name to the address of a server of its export."""
    servers = []

    def serve(name):
        handler = type("Handler", (RestHandler,), {"ask": staticmethod(exports(name)[2])})
        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def run(script, *words, folder):
    command = [sys.executable, str(DOCS / script), *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_rest_client_writes_the_pictures_of_seeds(exports, rest, tmp_path):
    words = ("digits", 3, 4, "--labels", 1, 2, "--url", rest("cgan"))
    done = run("rest_client.py", *words, folder=tmp_path)
    assert done.stdout.split() == ["digits-3.png", "digits-4.png"], done.stderr
    images = exports("cgan")[2]("generate", seeds=[3, 4], labels=[1, 2])["images"]
    for seed, image in zip((3, 4), images, strict=True):
        with Image.open(tmp_path / f"digits-{seed}.png") as picture:
            np.testing.assert_array_equal(np.asarray(picture), image[..., 0])
    words = ("digits", 3, "--labels", 9, "--url", rest("cgan"))
    done = run("rest_client.py", *words, folder=tmp_path)
    assert done.returncode == 1 and "labels must be in 0 to num_classes - 1, 2" in done.stderr


def test_the_rest_client_translates_files(rest, tmp_path):
    Image.new("RGB", (13, 9), "red").save(tmp_path / "a.jpg")
    words = ("edges", "a.jpg", "--seeds", 5, "--url", rest("pix2pix"))
    done = run("rest_client.py", *words, folder=tmp_path)
    assert done.stdout.split() == ["edges-a.png"], done.stderr
    with Image.open(tmp_path / "edges-a.png") as picture:
        assert picture.size == (13, 9)


def test_the_load_test_counts_answers_and_errors(rest, tmp_path):
    words = ("digits", "--url", rest("cgan"), "--clients", 3, "--seconds", 1, "--batch", 2)
    done = run("load_test.py", *words, "--label", 1, folder=tmp_path)
    answers, _, errors = done.stdout.split()[:3]
    assert int(answers) >= 3 and int(errors) == 0, done.stderr
    assert "images/s" in done.stdout and "99 % within" in done.stdout
    done = run("load_test.py", *words, "--label", 7, folder=tmp_path)
    assert done.returncode == 1 and "0 answers" in done.stdout and "labels must be" in done.stderr


@pytest.mark.slow
def test_the_grpc_client_writes_the_pictures_of_seeds(exports, tmp_path):
    pytest.importorskip("tensorflow_serving", reason="keras-ganzoo[serving] is not installed")
    import grpc
    from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

    _, _, ask = exports("dcgan")

    class Service(prediction_service_pb2_grpc.PredictionServiceServicer):
        def Predict(self, request, context):
            inputs = {name: tf.make_ndarray(value) for name, value in request.inputs.items()}
            response = predict_pb2.PredictResponse()
            for name, values in ask(request.model_spec.signature_name, **inputs).items():
                response.outputs[name].CopyFrom(tf.make_tensor_proto(values))
            return response

    server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(Service(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    words = ("faces", 7, 8, "--address", f"127.0.0.1:{port}")
    done = run("grpc_client.py", *words, folder=tmp_path)
    server.stop(None).wait()
    assert done.stdout.split() == ["faces-7.png", "faces-8.png"], done.stderr
    images = ask("generate", seeds=[7, 8])["images"]
    with Image.open(tmp_path / "faces-8.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), images[1])


def test_the_compose_file_asks_for_what_an_export_has():
    compose = yaml.safe_load((DOCS / "compose.yaml").read_text())
    service = compose["services"]["serving"]
    flags = dict(flag.removeprefix("--").split("=") for flag in service["command"])
    assert flags["model_config_file"] == "/models/models.config"
    assert flags["enable_batching"] == flags["enable_per_model_batching_parameters"] == "true"
    assert service["volumes"] == ["${MODELS:-./served}:/models:ro"]
    (device,) = service["deploy"]["resources"]["reservations"]["devices"]
    assert device["capabilities"] == ["gpu"]
