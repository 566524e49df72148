"""What TensorFlow Serving reads besides the SavedModel."""

import sys

import pytest
import tensorflow as tf

from ganzoo import CycleGAN, serving
from ganzoo.errors import ResourceError
from ganzoo.exporting import server_files

EXTRA = "the extra keras-ganzoo[serving] is not installed"


def test_batches_are_powers_of_two_and_smaller_for_large_images(tiny_model):
    assert server_files.batch_sizes(serving.live_endpoints(tiny_model("dcgan"))) == [
        1, 2, 4, 8, 16, 32, 64,
    ]  # fmt: skip
    large = CycleGAN(image_shape=(256, 256, 3), filters=1, blocks=1, pool_size=0)
    assert server_files.batch_sizes(serving.live_endpoints(large)) == [1, 2, 4]


def test_the_batching_parameters_keep_serving_s_rules(tmp_path):
    server_files.write_batching(tmp_path, [1, 2, 4])
    lines = (tmp_path / "batching_params.pbtxt").read_text().splitlines()
    sizes = [int(line.split(": ")[1]) for line in lines if line.startswith("allowed_batch_sizes")]
    assert sizes == [1, 2, 4]  # increasing, and the last is the largest batch
    assert "max_batch_size { value: 4 }" in lines
    assert "pad_variable_length_inputs: false" in lines


def test_the_list_of_models_grows_and_keeps_what_a_user_wrote(tmp_path):
    server_files.add_to_models_config(tmp_path, "faces")
    path = tmp_path / "models.config"
    path.write_text("# mine\n" + path.read_text())
    for name in ("faces", "digits", "face"):
        server_files.add_to_models_config(tmp_path, name)
    text = path.read_text()
    assert text.startswith("# mine\n") and text.count("config {") == 3
    assert [line.strip() for line in text.splitlines() if "base_path" in line] == [
        f'base_path: "/models/{name}"' for name in ("faces", "digits", "face")
    ]
    path.write_text("something else")
    with pytest.raises(ResourceError, match=r"Not a list of models.*models\.config"):
        server_files.add_to_models_config(tmp_path, "more")


def test_serving_itself_reads_the_list_of_models(tmp_path):
    pytest.importorskip("tensorflow_serving", reason=EXTRA)
    from google.protobuf import text_format
    from tensorflow_serving.config import model_server_config_pb2

    for name in ("faces", "digits"):
        server_files.add_to_models_config(tmp_path, name)
    text = (tmp_path / "models.config").read_text()
    config = text_format.Parse(text, model_server_config_pb2.ModelServerConfig())
    assert [model.base_path for model in config.model_config_list.config] == [
        "/models/faces", "/models/digits",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["cgan", "pix2pix", pytest.param("cyclegan", marks=pytest.mark.slow)]
)
def test_the_warm_up_requests_are_answered_by_the_export(exports, name, tmp_path):
    pytest.importorskip("tensorflow_serving", reason=EXTRA)
    from tensorflow_serving.apis import prediction_log_pb2

    model, _, ask = exports(name)
    endpoints = serving.live_endpoints(model)
    count = server_files.write_warmup(tmp_path, name, endpoints, [1, 2, 4])
    file = tmp_path / "assets.extra" / "tf_serving_warmup_requests"
    records = list(tf.data.TFRecordDataset(str(file)).as_numpy_iterator())
    assert len(records) == count == 3 * len(endpoints) < 1000  # more are an error to the server
    sizes = []
    for record in records:
        log = prediction_log_pb2.PredictionLog.FromString(record)
        request = log.predict_log.request
        assert request.model_spec.name == name
        inputs = {key: tf.make_ndarray(value) for key, value in request.inputs.items()}
        answer = ask(request.model_spec.signature_name, **inputs)
        sizes.append({len(values) for values in [*inputs.values(), *answer.values()]})
    assert sizes == [{1}, {2}, {4}] * len(endpoints)


def test_without_the_package_for_warm_up_it_says_what_to_install(tiny_model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_serving.apis", None)  # import then fails
    endpoints = serving.live_endpoints(tiny_model("dcgan"))
    with pytest.raises(ResourceError, match=r"pip install .keras-ganzoo\[serving\]"):
        server_files.write_warmup(tmp_path, "dcgan", endpoints, [1])
    assert list(tmp_path.iterdir()) == []
