"""Checkpoints are complete folders, and what is damaged is set aside."""

import json
import shutil

import numpy as np
import pytest

from ganzoo import DCGAN, DivergenceError, ResourceError
from ganzoo.saving.checkpoint_folders import (
    BEST,
    best_checkpoint,
    checkpoints,
    newest_checkpoint,
    set_aside_newer,
)
from ganzoo.saving.checkpoints import (
    check_room,
    restore_checkpoint,
    restore_newest,
    save_checkpoint,
)


@pytest.fixture(scope="module")
def model():
    model = DCGAN(image_shape=(8, 8, 1), latent_dim=4, filters=2)
    model.compile()
    return model


def at_step(model, step):
    """The model, as if it had been trained so far: its first weight is the step too."""
    model.step.assign(step)
    weight = model.generator.trainable_variables[0]
    weight.assign(np.full(weight.shape, step, np.float32))
    return model


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_checkpoint_holds_the_weights_and_the_rest_and_is_restored(model, tmp_path):
    folder = save_checkpoint(at_step(model, 3), tmp_path / "new", {"log": [1, 2.5]})
    assert folder == tmp_path / "new" / "step-00000003"
    assert names(folder) == ["model.weights.h5", "state.json"]
    assert names(folder.parent) == ["step-00000003"]
    state = restore_checkpoint(at_step(model, 9), folder)
    assert (state["step"], state["states"]) == (3, {"log": [1, 2.5]})
    assert int(model.step.numpy()) == 3
    assert (model.generator.trainable_variables[0].numpy() == 3).all()


def test_the_state_is_named_as_it_always_was(model, tmp_path):
    """Older checkpoints are read, and older versions read newer ones."""
    folder = save_checkpoint(at_step(model, 3), tmp_path)
    assert json.loads((folder / "state.json").read_text()).keys() == {
        "step", "metrics", "memories", "sha256",
    }  # fmt: skip


def test_a_checkpoint_of_the_same_step_is_replaced_and_leftovers_go(model, tmp_path):
    for left in (".step-00000003.part", ".step-00000001.77-0a1b.part"):  # of two versions
        (tmp_path / left).mkdir()
        (tmp_path / left / "model.weights.h5").touch()
    (tmp_path / "step-00000003").mkdir()
    (tmp_path / "step-00000003" / "state.json").write_text("damaged")
    save_checkpoint(at_step(model, 3), tmp_path)
    assert names(tmp_path) == ["step-00000003"]
    assert restore_newest(model, tmp_path)["step"] == 3


def test_where_no_checkpoint_can_be_written_the_error_names_it(model, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ResourceError, match=r"^The folder cannot be written: .* Rec.*00000003'$"):
        save_checkpoint(at_step(model, 3), tmp_path / "file")
    with pytest.raises(FileNotFoundError):
        check_room(model, tmp_path / "nowhere" / "model.weights.h5")


def test_weights_that_are_no_numbers_are_not_saved(model, tmp_path):
    at_step(model, 3).generator.trainable_variables[0].assign_add(
        np.full(model.generator.trainable_variables[0].shape, np.nan, np.float32)
    )
    with pytest.raises(DivergenceError, match=r"by step 3\. Received: "):
        save_checkpoint(model, tmp_path)
    assert names(tmp_path) == []


def test_the_newest_complete_one_is_restored_and_damaged_ones_are_named(model, tmp_path, caplog):
    for step in (2, 4, 10):
        save_checkpoint(at_step(model, step), tmp_path)
    weights = tmp_path / "step-00000010" / "model.weights.h5"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    (tmp_path / "step-00000004" / "state.json").unlink()
    assert newest_checkpoint(tmp_path).name == "step-00000010"
    assert restore_newest(model, tmp_path)["step"] == 2
    assert caplog.text.count("Passed over: ") == 2
    assert "the weights are not what was written" in caplog.text
    shutil.rmtree(tmp_path / "step-00000002")
    with pytest.raises(ResourceError, match=r"Received: '.*step-00000010'$"):
        restore_newest(model, tmp_path)
    assert restore_newest(model, tmp_path / "nowhere") is None


def test_what_is_set_aside_stays_however_often_it_happens(tmp_path):
    for content in ("first", "second", "third"):
        for step in (2, 4):
            (tmp_path / f"step-0000000{step}").mkdir(exist_ok=True)
            (tmp_path / f"step-0000000{step}" / "state.json").write_text(content)
        set_aside_newer(tmp_path, 2)
        assert [path.name for path in checkpoints(tmp_path)] == ["step-00000002"]
    found = {
        path.name: (path / "state.json").read_text() for path in tmp_path.glob("step-00000004*")
    }
    assert found == {
        "step-00000004.damaged": "first",
        "step-00000004.damaged-2": "second",
        "step-00000004.damaged-3": "third",
    }


def test_the_best_one_is_read_or_the_file_that_names_it_is_refused(tmp_path):
    assert best_checkpoint(tmp_path) is None
    (tmp_path / BEST).write_text('{"step": 7, "fid": 12.5}')
    assert best_checkpoint(tmp_path) == tmp_path / "step-00000007"
    for content in ("{", "{}", '{"step": "7"}', "[]"):
        (tmp_path / BEST).write_text(content)
        with pytest.raises(ResourceError, match=r"^Not what ganzoo wrote: .* Rec.*best\.json'$"):
            best_checkpoint(tmp_path)
