"""ganzoo's models and callbacks in somebody's own code, beside Keras's."""

import csv

import keras
import numpy as np
import pytest

from ganzoo import DCGAN, InputError, callbacks, create_model, load_dataset, load_model

TINY = {"image_shape": (8, 8, 1), "latent_dim": 4, "filters": 2}


@pytest.fixture
def images():
    noise = np.random.default_rng(0)
    return noise.uniform(-1, 1, (32, 8, 8, 1)).astype(np.float32)


@pytest.fixture
def model():
    model = DCGAN(**TINY)
    model.compile()
    return model


def test_bare_compile_takes_the_papers_optimizers(model):
    for optimizer in (model.generator_optimizer, model.discriminator_optimizer):
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert float(optimizer.learning_rate) == pytest.approx(2e-4)
        assert optimizer.beta_1 == 0.5


@pytest.mark.eager
def test_own_optimizers_are_objects_or_names(images):
    model = DCGAN(**TINY)
    model.compile(keras.optimizers.RMSprop(1e-3), "sgd")
    model.fit(images, batch_size=8, verbose=0)
    assert isinstance(model.generator_optimizer, keras.optimizers.RMSprop)
    assert isinstance(model.discriminator_optimizer, keras.optimizers.SGD)
    assert int(model.generator_optimizer.iterations.numpy()) == 4


def test_fit_evaluate_and_predict_take_arrays_and_datasets(model, images):
    held_out = load_dataset("sample", image_shape=(8, 8, 1), batch_size=300, split="validation")
    history = model.fit(images, batch_size=8, validation_data=held_out.take(1), verbose=0)
    assert list(history.history) == [
        "discriminator_loss",
        "generator_loss",
        "val_discriminator_loss",
        "val_generator_loss",
    ]
    train = load_dataset("sample", image_shape=(8, 8, 1), batch_size=1000)
    history = model.fit(train, epochs=2, validation_data=(images,), shuffle=False, verbose=0)
    assert len(history.history["val_generator_loss"]) == 2
    assert int(model.step.numpy()) == 4 + 2 * 8
    assert set(model.evaluate(images, return_dict=True, verbose=0)) == set(model.loss_names)
    generated = model.predict(np.zeros((5, 4)), verbose=0)
    assert generated.shape == (5, 8, 8, 1)
    assert generated.dtype == np.float32


@pytest.mark.eager
def test_reported_losses_are_means_over_the_epoch(images):
    model = DCGAN(**TINY)
    model.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    singles = [
        model.fit(images[start : start + 8], batch_size=8, shuffle=False, verbose=0).history
        for start in range(0, 32, 8)
    ]
    model.step.assign(0)  # the same noise again
    together = model.fit(images, batch_size=8, shuffle=False, verbose=0).history
    for name in model.loss_names:
        values = [history[name][0] for history in singles]
        assert len(set(values)) == 4
        assert together[name][0] == pytest.approx(np.mean(values), abs=1e-6)


def test_keras_own_callbacks_work(model, images, tmp_path):
    monitored = {"monitor": "val_generator_loss", "mode": "min"}
    model.fit(
        images,
        batch_size=8,
        epochs=2,
        validation_data=(images,),
        verbose=0,
        callbacks=[
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
            keras.callbacks.TensorBoard(tmp_path / "tensorboard"),
            keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras"),
            keras.callbacks.ModelCheckpoint(tmp_path / "best.weights.h5", save_best_only=True,
                                            save_weights_only=True, **monitored),
            keras.callbacks.EarlyStopping(patience=5, **monitored),
        ],
    )  # fmt: skip
    with (tmp_path / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert np.isfinite([float(value) for row in rows for value in row.values()]).all()
    assert list((tmp_path / "tensorboard/train").glob("events*"))
    assert int(load_model(tmp_path / "2.keras").step.numpy()) == 8
    model.load_weights(tmp_path / "best.weights.h5")


@pytest.mark.eager
def test_our_callbacks_work_without_a_run_folder(model, images, tmp_path):
    model.fit(
        images,
        batch_size=8,
        epochs=2,
        verbose=0,
        callbacks=[
            callbacks.SampleGrids(tmp_path / "samples", images[:4], every_steps=3),
            callbacks.TrainingLog(tmp_path / "log.csv", every_steps=3),
            callbacks.TensorBoard(tmp_path / "tensorboard", every_steps=3),
            callbacks.Checkpoints(tmp_path / "checkpoints", every_steps=3, keep=2),
            callbacks.Progress(total_steps=8, batch_size=8),
        ],
    )
    grids = sorted(path.name for path in (tmp_path / "samples").iterdir())
    assert grids == [f"samples-{step:08d}.png" for step in (0, 3, 6, 8)]
    assert list((tmp_path / "tensorboard").glob("events*"))

    newest = callbacks.newest_checkpoint(tmp_path / "checkpoints")
    assert newest.name == "step-00000008"
    again = DCGAN(**TINY)
    again.compile()
    assert callbacks.restore_checkpoint(again, newest)["step"] == 8
    for mine, restored in zip(model.variables, again.variables, strict=True):
        np.testing.assert_array_equal(mine.numpy(), restored.numpy())


@pytest.mark.eager
def test_logged_losses_are_means_since_the_row_before(images, tmp_path):
    # Learning nothing, each step's loss depends on its noise alone, so single steps can be summed.
    model = DCGAN(**TINY)
    model.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    each = callbacks.TrainingLog(tmp_path / "each.csv", every_steps=1)
    third = callbacks.TrainingLog(tmp_path / "third.csv", every_steps=3)
    model.fit(images, batch_size=8, epochs=3, shuffle=False, verbose=0, callbacks=[each, third])

    def losses(path):
        with path.open() as file:
            return [float(row["discriminator_loss"]) for row in csv.DictReader(file)]

    singles, thirds = losses(tmp_path / "each.csv"), losses(tmp_path / "third.csv")
    assert len(singles) == 12 and len(thirds) == 4  # the second row spans an epoch's end
    assert thirds == pytest.approx(np.reshape(singles, (4, 3)).mean(1), abs=1e-6)


@pytest.mark.eager
def test_callbacks_of_a_resumed_log_drop_rows_that_no_checkpoint_saw(model, images, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("step,epoch,discriminator_loss,generator_loss\n2,0,1.0,1.0\n9,1,1.0,1.0\n")
    model.fit(images[:8], batch_size=8, verbose=0)  # one step: the row of step 9 is ahead of it
    model.step.assign(2)
    model.fit(
        images, batch_size=8, verbose=0, callbacks=[callbacks.TrainingLog(path, every_steps=4)]
    )
    steps = [line.split(",")[0] for line in path.read_text().splitlines()]
    assert steps == ["step", "2", "4"]


@pytest.mark.eager
def test_checkpoints_of_another_training_are_neither_overwritten_nor_pruned(
    model, images, tmp_path
):
    saved = callbacks.Checkpoints(tmp_path, every_steps=1)
    model.fit(images, batch_size=8, verbose=0, callbacks=[saved])
    before = sorted(path.name for path in tmp_path.iterdir())
    fresh = DCGAN(**TINY)
    fresh.compile()
    with pytest.raises(InputError, match="checkpoints of later steps than the model's, 0"):
        fresh.fit(images, batch_size=8, verbose=0, callbacks=[saved])
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.eager
def test_images_that_are_no_floats_are_refused(model, images):
    with pytest.raises(InputError, match=r"float32 in \[-1, 1\]. Received: uint8"):
        model.fit((images * 255).astype(np.uint8), batch_size=8, verbose=0)


def test_an_unknown_argument_of_a_model_is_named_with_the_closest():
    with pytest.raises(InputError, match="did you mean 'filters'"):
        create_model("dcgan", filterz=3)
    assert create_model("dcgan", **TINY, name="mine").name == "mine"


@pytest.mark.eager
def test_evaluation_draws_new_latents_for_every_batch(model, images):
    same = np.repeat(images[:4], 8, axis=0)  # eight batches that differ in their latents alone
    once = model.evaluate(same[:4], batch_size=4, verbose=0, return_dict=True)
    often = model.evaluate(same, batch_size=4, verbose=0, return_dict=True)
    again = model.evaluate(same, batch_size=4, verbose=0, return_dict=True)
    assert once["generator_loss"] != often["generator_loss"]
    assert often == again


def test_steps_per_execution_changes_no_count(images, tmp_path):
    model = DCGAN(**TINY)
    model.compile(steps_per_execution=3)
    log = callbacks.TrainingLog(tmp_path / "log.csv", every_steps=3)
    saved = callbacks.Checkpoints(tmp_path / "checkpoints", every_steps=100)
    # Four steps an epoch, of which the second execution has one.
    model.fit(images, batch_size=8, epochs=2, verbose=0, callbacks=[log, saved])
    assert int(model.step.numpy()) == 8
    assert callbacks.newest_checkpoint(tmp_path / "checkpoints").name == "step-00000008"
