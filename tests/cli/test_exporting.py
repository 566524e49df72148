"""`export`: what it writes for a server, and what it refuses."""

import subprocess
import sys

import numpy as np

import ganzoo


def test_an_export_answers_in_a_process_that_knows_only_tensorflow(trained, exported):
    latents = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    np.save("latents.npy", latents)
    code = (
        "import sys, numpy as np, tensorflow as tf\n"
        f"served = tf.saved_model.load('{exported}')\n"
        "latents = tf.constant(np.load('latents.npy'))\n"
        "np.save('images.npy', served.signatures['serving_default'](latents=latents)['images'])\n"
        "assert served.signatures['serving_default'](latents=latents[:1])['images'].shape[0] == 1\n"
        "assert not {'ganzoo', 'tensorflow_datasets'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    expected = ganzoo.load_run(trained)(latents)
    np.testing.assert_allclose(np.load("images.npy"), expected, atol=1e-5)


def test_bad_input_is_one_line_and_leaves_everything_as_it_was(refused, trained):
    refused(BAD)


BAD = {
    "export run file/served": (1, "folder cannot be written: Not a directory"),
    "export run served --name a/b": (2, "letters, digits, dots.*Received: 'a/b'"),
    "export run served --version 0": (2, "'--version': 0 is not in the range x>=1"),
    "export run served --format onxn": (2, "did you mean 'onnx'"),
    "export run served --precision bf16": (2, "did you mean 'bfloat16'"),
}
