"""`export`: what it writes for a server, and what it refuses."""

import numpy as np
import pytest
import tensorflow as tf

import ganzoo

pytestmark = pytest.mark.slow


def test_an_export_answers_as_the_run_does(trained, exported):
    # tests/serving/test_elsewhere.py asks exports where there is no ganzoo.
    latents = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    serve = tf.saved_model.load(exported).signatures["serving_default"]
    expected = ganzoo.load_run(trained)(latents)
    for some in (latents, latents[:1]):
        images = serve(latents=tf.constant(some))["images"]
        np.testing.assert_allclose(images, expected[: len(some)], atol=1e-5)


def test_bad_input_is_one_line_and_leaves_everything_as_it_was(refused, trained):
    refused(BAD)


BAD = {
    "export run file/served": (1, "folder cannot be written: Not a directory"),
    "export run served --name a/b": (2, "letters, digits, dots.*Received: 'a/b'"),
    "export run served --version 0": (2, "'--version': 0 is not in the range x>=1"),
    "export run served --format page --jit": (2, "A page has no such option.*: --jit"),
    "export run served --runtime web": (2, "A server has no such option.*: --runtime"),
    "export run served --format page --runtime .": (1, "Not a folder of onnxruntime-web"),
    "export run served --format onxn": (2, "did you mean 'onnx'"),
    "export run served --precision bf16": (2, "did you mean 'bfloat16'"),
}
