"""The signatures of a model that translates images, asked of its export."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from ganzoo import CycleGAN
from ganzoo.images.files import read_image
from ganzoo.images.ranges import from_uint8, on_background, to_uint8, with_channels
from ganzoo.serving.pictures import MAX_PIXELS, decode_picture

NOISE = np.random.default_rng(0)


def picture(height, width, channels=3):
    return NOISE.integers(0, 256, (height, width, channels), np.uint8)


def smooth(height, width):
    """A colourful picture that survives JPEG."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack([rows * 5, columns * 4, rows + columns], -1).astype(np.uint8)


def encoded(image, suffix="png", **options):
    buffer = io.BytesIO()
    image = image[..., 0] if image.shape[-1] == 1 else image
    Image.fromarray(image).save(
        buffer, {"png": "PNG", "jpg": "JPEG"}.get(suffix, suffix), **options
    )
    return buffer.getvalue()


@pytest.fixture
def pix2pix(exports):
    """The model, and what asks its export."""
    model, _, ask = exports("pix2pix")
    return model, ask


@pytest.mark.parametrize("size", [(8, 16), (13, 21), (1, 1)])
def test_images_of_any_size_are_translated_as_the_model_does(pix2pix, size):
    model, ask = pix2pix
    images = np.stack([picture(*size, 1), picture(*size, 1)])
    served = ask("translate", images=images, seeds=[4, 4])["outputs"]
    expected = to_uint8(model.translate(from_uint8(images), seed=4)).numpy()
    assert served.dtype == np.uint8 and served.shape == (2, *size, 3)
    np.testing.assert_allclose(served.astype(int), expected, atol=1)
    floats = ask("serving_default", images=from_uint8(images), seeds=[4, 4])["outputs"]
    np.testing.assert_allclose(floats, model.translate(from_uint8(images), seed=4), atol=1e-4)


def test_a_picture_and_its_seed_alone_say_what_the_translation_is(pix2pix):
    _, ask = pix2pix
    images, seeds = np.stack([picture(8, 16, 1) for _ in range(16)]), np.arange(16)
    batch = ask("translate", images=images, seeds=seeds)["outputs"].astype(int)
    alone = ask("translate", images=images[9:10], seeds=seeds[9:10])["outputs"][0]
    np.testing.assert_allclose(alone, batch[9], atol=1)
    other = ask("translate", images=images[9:10], seeds=[100])["outputs"][0].astype(int)
    assert np.abs(other - alone).max() > 20


def test_picture_files_of_different_sizes_go_through_in_one_batch(pix2pix):
    _, ask = pix2pix
    images = [picture(9, 5, 1), smooth(30, 17), picture(8, 16, 3)]
    files = [encoded(images[0]), encoded(images[1], "jpg", quality=100), encoded(images[2])]
    seeds = [0, 1, 2]
    outputs = ask("translate_bytes", image_bytes=files, seeds=seeds)["output_bytes"]
    for file, output, seed in zip(files, outputs, seeds, strict=True):
        grey = with_channels(decode_picture(file), 1)
        expected = ask("translate", images=grey[None], seeds=[seed])["outputs"][0].astype(int)
        np.testing.assert_allclose(tf.io.decode_png(output), expected, atol=1)


@pytest.mark.parametrize(
    ("image", "suffix", "options"),
    [
        (picture(7, 9), "png", {}),
        (picture(7, 9, 1), "png", {}),
        (picture(7, 9, 4), "png", {}),  # opacity
        (smooth(33, 50), "jpg", {}),
        (smooth(33, 50)[..., :1], "jpg", {}),
        (smooth(33, 50), "jpg", {"progressive": True}),
    ],
)
def test_a_picture_is_decoded_as_the_rest_of_ganzoo_reads_it(image, suffix, options, tmp_path):
    file = tmp_path / f"picture.{suffix}"
    file.write_bytes(encoded(image, suffix, **options))
    decoded = decode_picture(file.read_bytes()).numpy()
    np.testing.assert_array_equal(decoded, with_channels(read_image(file), 3))
    if image.shape[-1] == 4:
        np.testing.assert_array_equal(decoded, on_background(image))


def too_large():
    return encoded(np.zeros((1, MAX_PIXELS + 1, 1), np.uint8))


PNG = encoded(picture(4, 4))
BAD = [
    ("translate", {"images": np.zeros((0, 8, 16, 1))}, [], "images must not be empty"),
    ("translate", {"images": np.zeros((1, 0, 16, 1))}, [0], "images must not be empty"),
    ("translate", {"images": np.zeros((8, 16, 1))}, [0], "images .8,16,1. is not compatible"),
    ("translate", {"images": np.zeros((1, 8, 16, 3))}, [0], "is not compatible"),
    ("translate", {"images": np.zeros((2, 8, 16, 1))}, [0], "as many seeds as images"),
    ("translate", {"images": np.zeros((1, 8, 16, 1))}, [[0]], "seeds .1,1. is not compatible"),
    (
        "serving_default",
        {"images": np.full((1, 8, 16, 1), 255.0)},
        [0],
        "images must be in .-1, 1.*255",
    ),
    ("serving_default", {"images": np.full((1, 8, 16, 1), np.nan)}, [0], "images must be in"),
    ("translate_bytes", {"image_bytes": np.array([], object)}, [], "must not be empty"),
    ("translate_bytes", {"image_bytes": [b""]}, [0], "must be JPEG or PNG files.*0.*bytes"),
    ("translate_bytes", {"image_bytes": [b"GIF89a plus more"]}, [0], "JPEG or PNG files"),
    ("translate_bytes", {"image_bytes": [PNG, b"no picture"]}, [0, 1], "JPEG or PNG files"),
    ("translate_bytes", {"image_bytes": [PNG[:20]]}, [0], "JPEG or PNG files"),
    ("translate_bytes", {"image_bytes": [PNG[:-20]]}, [0], "PNG"),
    ("translate_bytes", {"image_bytes": [b"\xff\xd8 and no more"]}, [0], "JPEG"),
    ("translate_bytes", {"image_bytes": [too_large()]}, [0], "may have 16777216 pixels at most"),
    ("translate_bytes", {"image_bytes": [[PNG]]}, [0], "is not compatible"),
]


@pytest.mark.parametrize(
    "jit_compile", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["plain", "jit"]
)
def test_bad_input_is_an_error_of_the_graph_that_says_what_is_wrong(exports, jit_compile):
    _, _, ask = exports("pix2pix", jit_compile)
    for signature, inputs, seeds, message in BAD:
        with pytest.raises(tf.errors.InvalidArgumentError, match=f"(?s){message}"):
            ask(signature, **inputs, seeds=seeds)


@pytest.mark.slow
def test_cyclegan_has_signatures_for_each_direction(exports):
    model, _, ask = exports("cyclegan")
    images = np.stack([picture(24, 28), picture(24, 28)])
    for direction, suffix in (("ab", ""), ("ba", "_ba")):
        expected = to_uint8(model.translate(from_uint8(images), direction)).numpy()
        served = ask(f"translate{suffix}", images=images)["outputs"]
        np.testing.assert_allclose(served.astype(int), expected, atol=1)
        files = [encoded(image) for image in images]
        outputs = ask(f"translate_bytes{suffix}", image_bytes=files)["output_bytes"]
        decoded = [tf.io.decode_png(output) for output in outputs]
        np.testing.assert_allclose(np.array(decoded, int), expected, atol=1)
    both = [ask(f"translate{suffix}", images=images)["outputs"] for suffix in ("", "_ba")]
    assert np.abs(both[0].astype(int) - both[1]).max() > 20


@pytest.mark.slow
def test_a_picture_of_512_goes_through_a_cyclegan_trained_at_256(tmp_path):
    model = CycleGAN(image_shape=(256, 256, 3), filters=2, blocks=1, pool_size=0)
    model.export(tmp_path / "served")
    served = tf.saved_model.load(tmp_path / "served").signatures["translate_bytes"]
    image = smooth(512, 512)
    output = served(image_bytes=tf.constant([encoded(image)]))["output_bytes"][0]
    expected = to_uint8(model.translate(from_uint8(image[None])))[0].numpy()
    np.testing.assert_allclose(tf.io.decode_png(output).numpy().astype(int), expected, atol=1)
