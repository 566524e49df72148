"""`Checkpoints`: the state of other callbacks, the best step, and the order in `fit`."""

import json

import numpy as np
import pytest

from ganzoo import GAN
from ganzoo.callbacks import Checkpoints, EverySteps, KeepBest, best_checkpoint, newest_checkpoint
from ganzoo.errors import InputError

pytestmark = pytest.mark.eager


class Counter(EverySteps):
    """Counts its calls, and remembers the count."""

    count = 0

    def on_steps(self, step, means):
        self.count += 1

    def get_state(self):
        return super().get_state() | {"count": self.count}


@pytest.fixture
def fit():
    """Trains for four steps with callbacks."""
    model = GAN(image_shape=(4, 4, 1), latent_dim=2, generator_units=2, maxout_units=2)
    model.compile()
    images = np.zeros((16, 4, 4, 1), "float32")
    return lambda *callbacks: model.fit(images, batch_size=4, callbacks=callbacks, verbose=0)


def test_a_checkpoint_holds_the_state_of_other_callbacks_at_its_step(fit, tmp_path):
    counter = Counter(1)
    fit(counter, Checkpoints(tmp_path, every_steps=1, keep=4, stateful={"counter": counter}))
    for step in (1, 2, 3, 4):
        state = json.loads((tmp_path / f"step-{step:08d}/state.json").read_text())
        assert state["memories"]["counter"]["count"] == step
        assert state["memories"]["counter"]["now"]["steps"] == step


def test_the_step_that_was_best_is_saved_with_the_best_score_in_its_state(fit, tmp_path):
    best = KeepBest(lambda model: abs(float(model.step.numpy()) - 3), 1, name="distance")
    fit(best, Checkpoints(tmp_path, every_steps=100, minutes=1000, keep=1, best=best))
    assert json.loads((tmp_path / "best.json").read_text()) == {"step": 3, "distance": 0.0}
    state = json.loads((best_checkpoint(tmp_path) / "state.json").read_text())
    assert state["memories"]["best"]["best"] == 0.0 and state["step"] == 3
    assert newest_checkpoint(tmp_path).name == "step-00000004"


def test_a_callback_whose_state_is_to_be_saved_but_comes_later_is_refused(fit, tmp_path):
    counter, best = Counter(1), KeepBest(lambda model: 0.0, 1)
    saved = Checkpoints(tmp_path, stateful={"counter": counter}, best=best)
    message = r"comes after the callbacks whose state it saves\. Received: before counter, best"
    with pytest.raises(InputError, match=message):
        fit(saved, counter, best)
    assert list(tmp_path.iterdir()) == []
