"""Laws of saving: `.keras` files, optimizers, Keras's own callbacks."""

import keras
import numpy as np
import pytest

from ganzoo.runs.loading import load_model
from ganzoo.serving import live_endpoints
from ganzoo.testing.model_under_test import ModelUnderTest, check_same_state, state_of


class SavingLaws(ModelUnderTest):
    """What was saved comes back, and goes on."""

    def test_a_saved_model_comes_back_with_its_optimizers(self, new, tmp_path):
        decay = keras.optimizers.schedules.PolynomialDecay(1e-3, 100, 0.0)
        new.compile(keras.optimizers.Adam(decay))
        for number, variable in enumerate(state_of(new)):
            variable.assign(variable + number)  # what is new would be so again
        new.save(tmp_path / "model.keras")
        again = load_model(tmp_path / "model.keras")
        assert again.get_config() == new.get_config(), "a .keras file has the arguments"
        check_same_state(new, again, "a .keras file has all variables")
        again.generator_optimizer.iterations.assign(50)
        assert float(again.generator_optimizer.learning_rate) == pytest.approx(5e-4), (
            "a .keras file has the schedules of learning rates"
        )

    def test_a_model_that_was_never_compiled_saves_too(self, tmp_path):
        new = self.new_model()
        new.save(tmp_path / "model.keras")
        again = load_model(tmp_path / "model.keras")
        assert not again.compiled
        check_same_state(new, again, "a .keras file has all variables")

    def test_validation_prediction_and_keras_own_callbacks_work(self, new, dataset, tmp_path):
        new.compile("adam", "sgd", run_eagerly=True)
        monitored = {"monitor": "val_generator_loss", "mode": "min"}
        history = new.fit(
            dataset.take(1),
            validation_data=dataset.take(1),
            verbose=0,
            shuffle=False,
            callbacks=[
                keras.callbacks.CSVLogger(tmp_path / "log.csv"),
                keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", **monitored),
                keras.callbacks.EarlyStopping(patience=5, **monitored),
            ],
        ).history  # fmt: skip
        assert {"generator_loss", "val_generator_loss"} <= set(history)
        assert (tmp_path / "best.keras").is_file()
        # What its first endpoint takes; that of translators has a seed too, where `call` has none.
        examples = live_endpoints(new)["serving_default"].examples(5)
        inputs = [value for name, value in examples.items() if name != "seeds"]
        outputs = new.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
        assert outputs.shape[0] == 5, "predict returns an image for each of its inputs"
        assert np.abs(outputs).max() <= 1, "predict returns images in [-1, 1]"
