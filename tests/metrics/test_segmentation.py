import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.images.ranges import from_uint8
from ganzoo.metrics import fcn_score

COLOURS = np.array([[0, 0, 0], [255, 0, 0], [0, 255, 0], [90, 90, 200]], np.uint8)
# Class 3 does not occur, and is seen once; class 2 occurs and is never seen.
TRUTH = np.array([[[0, 0, 1], [0, 1, 2]]])
SEEN = np.array([[[0, 1, 1], [0, 3, 0]]])
EXPECTED = {
    "per_pixel_accuracy": 3 / 6,
    "per_class_accuracy": np.mean([2 / 3, 1 / 2, 0]),
    "class_iou": np.mean([2 / 4, 1 / 3, 0, 0]),
}
IMAGES = np.linspace(-1, 1, 18, dtype=np.float32).reshape(1, 2, 3, 3)


def test_the_three_figures_are_their_definitions():
    found = fcn_score(lambda images: SEEN, [(IMAGES, TRUTH)], COLOURS, network="a")
    assert found.values == pytest.approx(EXPECTED)
    assert found.protocol == {
        "images": 1, "classes": 4, "classes_that_occur": 3, "network": "a",
    }  # fmt: skip


def test_one_confusion_of_all_images_and_not_a_mean_of_figures():
    other = np.array([[[2, 2, 2], [2, 2, 2]]])
    answers = iter([SEEN, other])
    pairs = [(IMAGES, TRUTH), (IMAGES, other)]
    found = fcn_score(lambda images: next(answers), pairs, COLOURS)
    assert found.values["per_pixel_accuracy"] == pytest.approx(9 / 12)
    assert found.values["per_class_accuracy"] == pytest.approx(np.mean([2 / 3, 1 / 2, 6 / 7]))


def test_maps_may_be_pictures_whose_colours_are_a_little_off():
    noise = np.random.default_rng(0).integers(-20, 21, (1, 2, 3, 3))
    levels = np.clip(COLOURS[TRUTH].astype(int) + noise, 0, 255).astype(np.uint8)
    found = fcn_score(lambda images: SEEN, [(IMAGES, from_uint8(levels))], COLOURS)
    assert found.values == pytest.approx(EXPECTED)


def test_a_network_may_return_scores_and_another_size():
    scores = np.eye(4)[SEEN].repeat(2, 1).repeat(2, 2)
    found = fcn_score(lambda images: scores, [(IMAGES, TRUTH)], COLOURS)
    assert found.values == pytest.approx(EXPECTED)


def test_pixels_of_no_class_are_left_out():
    truth = np.where(TRUTH == 2, 255, TRUTH)
    found = fcn_score(lambda images: SEEN, [(IMAGES, truth)], COLOURS)
    assert found.values["per_pixel_accuracy"] == pytest.approx(3 / 5)


def test_a_network_that_sees_everything_has_1():
    found = fcn_score(lambda images: TRUTH, [(IMAGES, TRUTH)], COLOURS)
    assert set(found.values.values()) == {1}


@pytest.mark.parametrize(
    ("answer", "maps", "colours", "message"),
    [
        (SEEN, TRUTH, COLOURS.astype(float), r"uint8 of the shape \(classes, 3\). Received: float"),
        (SEEN, TRUTH, COLOURS[:, :2], r"Received: uint8 \(4, 2\)"),
        (SEEN + 1, TRUTH, COLOURS, "must be classes 0 to 3"),
        (SEEN[0], TRUTH, COLOURS, r"must be classes .* Received: int64 \(2, 3\)"),
        (SEEN, TRUTH.repeat(2, 0), COLOURS, "one map, .* Received: 2 and 1 of 1"),
        (SEEN, IMAGES[..., :1], COLOURS, "must have 3 channels"),
        (SEEN, np.full_like(TRUTH, 255), COLOURS, "no pixel of any class"),
    ],
)
def test_what_does_not_fit_is_refused(answer, maps, colours, message):
    with pytest.raises(InputError, match=message):
        fcn_score(lambda images: answer, [(IMAGES, maps)], colours)
