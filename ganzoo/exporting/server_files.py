"""What TensorFlow Serving reads besides a SavedModel: warm-up, batching, the list of models."""

import re

import tensorflow as tf

from ganzoo.errors import ResourceError
from ganzoo.saving.files import write_text

MAX_BATCH = 64
MAX_REQUEST_BYTES = 4 * 2**20


def batch_sizes(endpoints) -> list[int]:
    """Returns the batch sizes that a server forms: 1, 2, 4, ... as long as a request stays small.

    A server fills a batch up to the next of these, so the networks see few shapes: each of them
    costs a GPU a search for the fastest kernels, and XLA a compilation.
    """
    example = endpoints["serving_default"].examples(1)
    request_bytes = sum(array.nbytes for array in example.values())
    most = max(1, min(MAX_BATCH, MAX_REQUEST_BYTES // request_bytes))
    return [2**power for power in range(most.bit_length())]


def write_batching(path, sizes) -> None:
    """Writes a model's batching parameters, a text `BatchingParameters` message, to its folder."""
    lines = [
        f"max_batch_size {{ value: {sizes[-1]} }}",
        "batch_timeout_micros { value: 2000 }",
        "max_enqueued_batches { value: 64 }",
        *(f"allowed_batch_sizes: {size}" for size in sizes),
        # Images of one size must not be padded to that of others: each has its own statistics.
        "pad_variable_length_inputs: false",
    ]
    (path / "batching_params.pbtxt").write_text("\n".join(lines) + "\n")


def write_warmup(path, model_name: str, endpoints, sizes) -> int:
    """Writes requests, `PredictionLog` records, that a server answers before it says it is ready.

    Returns:
        How many there are: one for each signature and batch size.

    Raises:
        ResourceError: if tensorflow-serving-api is not installed.
    """
    try:
        from tensorflow_serving.apis import predict_pb2, prediction_log_pb2
    except ImportError as error:
        raise ResourceError(
            "Warm-up requests need tensorflow-serving-api: pip install "
            f'"keras-ganzoo[serving]". Received: {error}'
        ) from error
    file = path / "assets.extra" / "tf_serving_warmup_requests"
    file.parent.mkdir(exist_ok=True)
    count = 0
    with tf.io.TFRecordWriter(str(file)) as writer:
        for name, endpoint in endpoints.items():
            for size in sizes:
                request = predict_pb2.PredictRequest()
                request.model_spec.name = model_name
                request.model_spec.signature_name = name
                inputs = endpoint.examples(size)
                for spec in endpoint.inputs:
                    tensor = tf.make_tensor_proto(inputs[spec.name], spec.dtype)
                    request.inputs[spec.name].CopyFrom(tensor)
                log = prediction_log_pb2.PredictLog(request=request)
                record = prediction_log_pb2.PredictionLog(predict_log=log)
                writer.write(record.SerializeToString())
                count += 1
    return count


def add_to_models_config(folder, model_name: str) -> None:
    """Adds a model to `models.config`, the server's list, unless it is there.

    What else stands in the file, a user may have written; it stays.

    Args:
        folder: where the models lie, which the server sees as `/models`.
        model_name: the name of one of them.
    """
    path = folder / "models.config"
    text = path.read_text(encoding="utf-8") if path.exists() else "model_config_list {\n}\n"
    if re.search(rf'name\s*:\s*"{re.escape(model_name)}"', text):
        return
    before, brace, after = text.rpartition("}")
    if not brace or "model_config_list" not in before:
        raise ResourceError(f"Not a list of models for TensorFlow Serving. Received: {str(path)!r}")
    entry = (
        f'  config {{\n    name: "{model_name}"\n    base_path: "/models/{model_name}"\n'
        '    model_platform: "tensorflow"\n  }\n'
    )
    write_text(path, before + entry + brace + after)
