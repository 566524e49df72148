"""Pictures through an image-to-image model: sizes, names, and nothing lost on bad input."""

import numpy as np
import pytest
from PIL import Image

from ganzoo import DCGAN, CycleGAN, Pix2Pix, translate
from ganzoo.errors import InputError, ResourceError
from ganzoo.images.files import read_image
from ganzoo.images.ranges import from_uint8, to_uint8

NOISE = np.random.default_rng(0)


@pytest.fixture(scope="module")
def pix2pix():
    return Pix2Pix(image_shape=(8, 8, 3), filters=2, receptive_field=16)


@pytest.fixture(scope="module")
def cyclegan():
    return CycleGAN(image_shape=(24, 24, 3), filters=2, blocks=1, pool_size=0)


def picture(path, height=8, width=8, channels=3):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = NOISE.integers(0, 256, (height, width, channels), dtype=np.uint8)
    Image.fromarray(image[..., 0] if channels == 1 else image).save(path)
    return path


def test_a_pictures_translation_has_its_name_and_size(pix2pix, tmp_path):
    inputs = [picture(tmp_path / "a.png", 8, 8), picture(tmp_path / "ä b.PNG", 5, 21)]
    written = translate(pix2pix, inputs, tmp_path / "out")
    assert written == [tmp_path / "out" / "a.png", tmp_path / "out" / "ä b.PNG"]
    for path, output in zip(inputs, written, strict=True):
        assert read_image(output).shape == read_image(path).shape
    expected = to_uint8(pix2pix(from_uint8(read_image(inputs[0])[None])))[0]
    np.testing.assert_array_equal(read_image(written[0]), expected)


def test_a_folders_pictures_keep_their_places(pix2pix, tmp_path):
    for name in ("x.png", "deep/er/x.png", "grey.bmp"):
        picture(tmp_path / "in" / name, channels=1 if name == "grey.bmp" else 3)
    (tmp_path / "in" / "notes.txt").write_text("no picture")
    translate(pix2pix, tmp_path / "in", tmp_path / "out")
    found = {str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.*")}
    assert found == {"x.png", "deep/er/x.png", "grey.bmp"}


def test_a_picture_has_the_same_translation_whatever_is_translated_with_it(pix2pix, tmp_path):
    one, other = picture(tmp_path / "one.png"), picture(tmp_path / "other.png")
    translate(pix2pix, [other, one], tmp_path / "both")
    translate(pix2pix, one, tmp_path / "alone")
    both, alone = (read_image(tmp_path / folder / "one.png") for folder in ("both", "alone"))
    np.testing.assert_array_equal(both, alone)


def test_directions_are_cyclegans_two_and_pix2pixs_one(pix2pix, cyclegan, tmp_path):
    path = picture(tmp_path / "a.png")
    there = read_image(*translate(cyclegan, path, tmp_path / "ab"))
    back = read_image(*translate(cyclegan, path, tmp_path / "ba", direction="ba"))
    assert not np.array_equal(there, back)
    with pytest.raises(InputError, match=r"Unknown direction of Pix2Pix.*Received: 'ba'"):
        translate(pix2pix, path, tmp_path / "out", direction="ba")


def test_a_picture_that_cannot_be_read_is_named_and_the_others_are_translated(pix2pix, tmp_path):
    picture(tmp_path / "in" / "a.png")
    picture(tmp_path / "in" / "c.png")
    (tmp_path / "in" / "b.png").write_text("no picture")
    with pytest.raises(ResourceError, match=r"1 of 3 images could not be read.*in/b\.png"):
        translate(pix2pix, tmp_path / "in", tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"a.png", "c.png"}


def test_two_pictures_of_one_name_are_refused_before_anything_is_written(pix2pix, tmp_path):
    inputs = [picture(tmp_path / folder / "a.png") for folder in ("x", "y")]
    with pytest.raises(InputError, match=r"Two images would be written to .*x/a\.png and .*y/a"):
        translate(pix2pix, inputs, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_picture_is_never_overwritten_by_its_translation(pix2pix, tmp_path):
    path = picture(tmp_path / "a.png")
    before = path.read_bytes()
    with pytest.raises(InputError, match="would overwrite an image"):
        translate(pix2pix, tmp_path, tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["nothing.png", "empty"])
def test_no_images_is_an_error(pix2pix, tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=f"No images there. Received: .*{name}"):
        translate(pix2pix, tmp_path / name, tmp_path / "out")


def test_a_file_of_another_kind_is_refused(pix2pix, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("no picture")
    with pytest.raises(InputError, match=r"Unknown picture format.*Received: '\.txt'"):
        translate(pix2pix, path, tmp_path / "out")


def test_a_model_that_makes_images_from_noise_does_not_translate(tmp_path):
    model = DCGAN(image_shape=(8, 8, 1), latent_dim=4, filters=2)
    with pytest.raises(InputError, match=r"does not translate images\. Received: DCGAN"):
        translate(model, picture(tmp_path / "a.png"), tmp_path / "out")
