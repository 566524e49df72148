"""`WindowMeans`: means over windows, from running means over epochs."""

import json

import numpy as np
import pytest

from ganzoo.callbacks.window_means import WindowMeans

LOSSES = np.random.default_rng(0).uniform(-3, 3, (2, 10))  # of two epochs
EPOCH = LOSSES.shape[1]


def windows_of(window, every, at_once=1, state=None, begin=0):
    """The means of each `every` steps from a step on; `at_once` steps are reported together."""
    means, found = WindowMeans(), []
    if state is not None:
        means.set_state(state)
    for step in range(begin, LOSSES.size):
        epoch, place = divmod(step, EPOCH)
        if place == 0:
            means.begin_epoch()
        if (step + 1) % at_once == 0:
            means.update(place + 1, {"loss": LOSSES[epoch, : place + 1].mean()})
        if (step + 1) % every == 0:
            found.append(means.close())
        if step + 1 == window:
            return found, means.get_state()
    return found, means.get_state()


def test_a_window_s_mean_is_of_its_own_steps_through_the_end_of_an_epoch():
    found, _ = windows_of(None, every=4)
    expected = LOSSES.reshape(5, 4).mean(axis=1)  # the third window ends in the second epoch
    assert [means["loss"] for means in found] == pytest.approx(expected, rel=1e-12)
    assert found[0].keys() == {"loss"}


def test_it_is_the_same_to_the_last_bit_however_many_steps_are_reported_together():
    assert windows_of(None, every=10) == windows_of(None, every=10, at_once=5)


@pytest.mark.parametrize("cut", [2, 8, 10, 15])
def test_a_window_that_is_cut_goes_on_from_a_state_in_json_to_the_last_bit(cut):
    whole, _ = windows_of(None, every=4)
    first, state = windows_of(cut, every=4)
    rest, _ = windows_of(None, every=4, state=json.loads(json.dumps(state)), begin=cut)
    assert first + rest == whole


def test_a_window_may_be_longer_than_an_epoch():
    (means,), _ = windows_of(None, every=20)
    assert means["loss"] == pytest.approx(LOSSES.mean(), rel=1e-12)


def test_of_a_value_that_only_some_steps_have_the_mean_is_over_these():
    # It is 6 at step 2, 9 at step 3 and nothing at steps 1, 4 and 5.
    means, found = WindowMeans(), []
    means.begin_epoch()
    for step, mean, count in ((1, 0.0, 0), (2, 6.0, 1), (3, 7.5, 2), (4, 7.5, 2), (5, 7.5, 2)):
        means.update(step, {"loss": 1.0, "penalty": mean}, {"penalty": count})
        if step in (1, 3, 5):
            found.append(means.close())
    assert found == [{"loss": 1.0}, {"loss": 1.0, "penalty": 7.5}, {"loss": 1.0}]


def test_its_window_goes_on_through_the_end_of_an_epoch_and_a_resume():
    means = WindowMeans()
    means.begin_epoch()
    means.update(2, {"penalty": 6.0}, {"penalty": 1})
    state = json.loads(json.dumps(means.get_state()))
    means = WindowMeans()
    means.set_state(state)
    means.begin_epoch()
    means.update(3, {"penalty": 8.0}, {"penalty": 2})
    assert means.close() == {"penalty": pytest.approx((6 + 2 * 8) / 3)}
