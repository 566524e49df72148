"""Requests images from a server by gRPC; needs `pip install "keras-ganzoo[serving]"`.

python docs/serving/grpc_client.py faces 7 8 9              # seeds -> faces-7.png, ...
"""

import argparse
from pathlib import Path

import grpc
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc


def predict(stub, model, signature, **inputs):
    """Returns the outputs of a signature, `{name: array}`."""
    request = predict_pb2.PredictRequest()
    request.model_spec.name = model
    request.model_spec.signature_name = signature
    for name, values in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(values))
    response = stub.Predict(request, timeout=60)
    return {name: tf.make_ndarray(values) for name, values in response.outputs.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("seeds", type=int, nargs="+")
    parser.add_argument("--address", default="localhost:8500")
    options = parser.parse_args()

    # The default, 4 MB, is less than a batch of large pictures.
    limit = [("grpc.max_receive_message_length", 2**28), ("grpc.max_send_message_length", 2**28)]
    with grpc.insecure_channel(options.address, options=limit) as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        seeds = tf.constant(options.seeds, tf.int64)
        files = predict(stub, options.model, "generate_png", seeds=seeds)["image_bytes"]
    for seed, file in zip(options.seeds, files, strict=True):
        path = Path(f"{options.model}-{seed}.png")
        path.write_bytes(file)
        print(path)


if __name__ == "__main__":
    main()
