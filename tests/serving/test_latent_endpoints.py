"""The signatures of a model that makes images from noise, asked of its export."""

import numpy as np
import pytest
import tensorflow as tf

import ganzoo
from ganzoo.images.ranges import to_uint8

pytestmark = pytest.mark.slow

LABELS = [2, 0, 1, 1]


@pytest.fixture
def cgan(exports):
    """The model, and what asks its export."""
    model, _, ask = exports("cgan")
    return model, ask


def test_a_seeds_image_is_the_one_that_generate_makes(cgan):
    model, ask = cgan
    images = ganzoo.generate(model, 4, seed=5, labels=LABELS)
    assert len(np.unique(images)) > 50
    served = ask("generate", seeds=[5, 6, 7, 8], labels=LABELS)["images"]
    assert served.dtype == np.uint8
    np.testing.assert_allclose(served.astype(int), to_uint8(images), atol=1)


def test_png_files_hold_the_images(cgan):
    _, ask = cgan
    pixels = ask("generate", seeds=[0, 1], labels=[0, 1])["images"]
    files = ask("generate_png", seeds=[0, 1], labels=[0, 1])["image_bytes"]
    assert [file[:4] for file in files] == [b"\x89PNG"] * 2
    np.testing.assert_array_equal([tf.io.decode_png(file) for file in files], pixels)


def test_an_image_is_the_same_alone_and_in_a_batch_of_16(cgan):
    _, ask = cgan
    seeds, labels = np.arange(16) * 7, np.arange(16) % 3
    batch = ask("generate", seeds=seeds, labels=labels)["images"].astype(int)
    for index in (0, 9):
        alone = ask("generate", seeds=seeds[index : index + 1], labels=labels[index : index + 1])
        np.testing.assert_allclose(alone["images"][0], batch[index], atol=1)


def test_truncation_moves_the_latents_towards_their_mean(cgan):
    model, ask = cgan
    seeds = [3, 4, 5]
    served = ask("generate_truncated", seeds=seeds, labels=[1] * 3, truncation=[1.0, 0.5, 0.0])
    latents = model.latents_of_seeds(seeds).numpy()
    latents[1] = 0.5 + 0.5 * (latents[1] - 0.5)  # of U(0, 1)
    latents[2] = 0.5
    expected = to_uint8(model((latents, np.array([1] * 3)))).numpy()
    np.testing.assert_allclose(served["images"].astype(int), expected, atol=1)
    files = ask("generate_truncated_png", seeds=seeds, labels=[1] * 3, truncation=[1.0, 0.5, 0.0])
    np.testing.assert_array_equal(
        [tf.io.decode_png(file) for file in files["image_bytes"]], served["images"]
    )


BAD = [
    ("generate", {"seeds": [], "labels": []}, "seeds must not be empty"),
    ("generate", {"seeds": [-1], "labels": [0]}, "seeds must be in 0 to 2.63 - 1. Received:.*-1"),
    ("generate", {"seeds": [0, 1], "labels": [0]}, "There must be as many labels as seeds"),
    ("generate", {"seeds": [0], "labels": [3]}, "labels must be in 0 to num_classes - 1, 2.*3"),
    ("generate", {"seeds": [0], "labels": [-1]}, "labels must be in 0 to num_classes - 1, 2.*-1"),
    ("generate", {"seeds": [[0]], "labels": [0]}, "seeds .1,1. is not compatible"),
    ("generate", {"seeds": 0, "labels": [0]}, r"seeds \[\] is not compatible"),
    (
        "generate_truncated",
        {"seeds": [0], "labels": [0], "truncation": [1.5]},
        "truncation must be in .0, 1.*1.5",
    ),
    (
        "generate_truncated_png",
        {"seeds": [0], "labels": [0], "truncation": [np.nan]},
        "truncation must be in .0, 1",
    ),
    ("serving_default", {"latents": np.zeros((0, 4)), "labels": []}, "latents must not be empty"),
    ("serving_default", {"latents": np.zeros((2, 3)), "labels": [0, 0]}, "is not compatible"),
    ("serving_default", {"latents": np.zeros(4), "labels": [0]}, "is not compatible"),
    ("serving_default", {"latents": [[np.inf] * 4], "labels": [0]}, "latents must be finite"),
    ("serving_default", {"latents": np.zeros((1, 4)), "labels": [7]}, "labels must be in 0 to"),
]


@pytest.mark.parametrize("jit_compile", [False, True])
def test_bad_input_is_an_error_of_the_graph_that_says_what_is_wrong(exports, jit_compile):
    _, _, ask = exports("cgan", jit_compile)
    for signature, inputs, message in BAD:
        with pytest.raises(tf.errors.InvalidArgumentError, match=f"(?s){message}"):
            ask(signature, **inputs)


def test_what_xla_compiles_makes_the_same_images(exports):
    _, _, plain = exports("cgan")
    _, path, compiled = exports("cgan", True)
    inputs = {"seeds": [0, 1, 2], "labels": [0, 1, 2]}
    images = (ask("generate", **inputs)["images"].astype(int) for ask in (plain, compiled))
    np.testing.assert_allclose(*images, atol=1)
    assert b"_XlaMustCompile" in (path / "saved_model.pb").read_bytes()
