import keras
import numpy as np
import pytest

from ganzoo.errors import InputError, ResourceError
from ganzoo.metrics import (
    content_key,
    frechet_distance,
    open_extractor,
    reference_features,
    reference_statistics,
)
from ganzoo.saving.cache_folder import cache_folder

IMAGES = np.random.default_rng(0).uniform(-1, 1, (20, 5, 4, 3)).astype(np.float32)


class Batches:
    """Batches that count how often they are iterated."""

    def __init__(self, images=IMAGES, size=6):
        self.images, self.size, self.passes = images, size, 0

    def __iter__(self):
        self.passes += 1
        for start in range(0, len(self.images), self.size):
            yield self.images[start : start + self.size]


@pytest.fixture
def extractor():
    model = keras.Sequential([keras.Input((None, None, 3)), keras.layers.GlobalMaxPooling2D()])
    return open_extractor(keras.Sequential([model, keras.layers.Dense(3)]))


def files():
    return sorted(path.name for path in cache_folder().glob("*"))


def test_the_key_is_of_the_pixels_and_not_of_the_batches():
    key = content_key(Batches())
    assert key == content_key(Batches(size=20))
    assert key != content_key(Batches(IMAGES[::-1]))
    assert key != content_key(Batches(IMAGES.reshape(20, 4, 5, 3)))
    other = IMAGES.copy()
    other[3, 0, 0, 0] = -other[3, 0, 0, 0]
    assert key != content_key(Batches(other))


def test_statistics_are_computed_once(extractor):
    batches = Batches()
    first = reference_statistics(extractor, batches)
    assert batches.passes == 2  # one for the key
    again = reference_statistics(extractor, batches)
    assert batches.passes == 3
    assert frechet_distance(first, again).value == 0
    assert first.count == again.count == 20
    np.testing.assert_array_equal(first.covariance, again.covariance)
    assert len(files()) == 1


def test_under_a_key_that_is_given_images_are_not_read_again(extractor):
    batches = Batches()
    first = reference_features(extractor, batches, key="mnist/test/28")
    second = reference_features(extractor, [], key="mnist/test/28")
    assert batches.passes == 1
    np.testing.assert_array_equal(first, second)
    with pytest.raises(InputError, match="no images"):
        reference_features(extractor, [], key="mnist/train/28")


def test_other_weights_are_another_file(extractor):
    reference_statistics(extractor, Batches())
    model = keras.Sequential([keras.Input((None, None, 3)), keras.layers.GlobalMaxPooling2D()])
    other = open_extractor(keras.Sequential([model, keras.layers.Dense(3)]))
    assert other.digest != extractor.digest
    reference_statistics(other, Batches())
    assert len(files()) == 2


def test_of_a_function_nothing_is_kept():
    extractor = open_extractor(lambda images: images.mean((1, 2)))
    batches = Batches()
    for _ in range(2):
        assert reference_features(extractor, batches, key="a").shape == (20, 3)
    assert batches.passes == 2
    assert files() == []


def test_nor_of_a_model_without_weights():
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, keras.layers.GlobalMaxPooling2D()(inputs))
    assert open_extractor(model).digest is None
    reference_statistics(open_extractor(model), Batches())
    assert files() == []


def test_a_damaged_file_is_said_to_be_damaged(extractor):
    reference_statistics(extractor, Batches())
    (path,) = cache_folder().glob("*")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ResourceError, match=r"cannot be read: .*Delete the file .*Received: "):
        reference_statistics(extractor, Batches())


def test_without_a_cache_the_figures_are_not_lost(extractor, monkeypatch, tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "file"))
    assert reference_statistics(extractor, Batches()).count == 20
    assert "cannot be kept" in caplog.text
