"""What a model refuses of Keras's own settings and callbacks, each in one line."""

import keras
import numpy as np
import pytest

from ganzoo import DCGAN
from ganzoo.errors import InputError

TINY = {"image_shape": (8, 8, 1), "latent_dim": 4, "filters": 2}


def test_channels_first_are_refused_and_not_taken_for_other_networks():
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(InputError, match=r"must be 'channels_last'. Received: 'channels_first"):
            DCGAN(**TINY)
    finally:
        keras.config.set_image_data_format("channels_last")


def test_another_backend_is_refused(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(InputError, match=r"backend tensorflow .*Received: 'jax'"):
        DCGAN(**TINY)


def test_weights_in_float16_are_refused_with_the_policies_that_do():
    with pytest.raises(InputError, match=r"'mixed_float16' and 'mixed_bfloat16'.*'float16'"):
        DCGAN(**TINY, dtype="float16")
    keras.config.set_dtype_policy("float16")
    try:
        with pytest.raises(InputError, match="do not train"):
            DCGAN(**TINY)
    finally:
        keras.config.set_dtype_policy("float32")


@pytest.mark.eager
@pytest.mark.parametrize(
    ("callback", "advice"),
    [
        (keras.callbacks.LearningRateScheduler(lambda epoch: 1e-3), "a schedule as learning_rate"),
        (keras.callbacks.ReduceLROnPlateau("generator_loss"), "a schedule as learning_rate"),
        (keras.callbacks.SwapEMAWeights(), "moving_average of the model"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_callbacks_for_one_optimizer_are_refused_with_what_does_the_same(callback, advice):
    model = DCGAN(**TINY)
    model.compile()
    images = np.zeros((4, 8, 8, 1), np.float32)
    for callbacks in ([keras.callbacks.TerminateOnNaN(), callback], callback):
        with pytest.raises(
            InputError, match=f"a GAN has two; .*{advice}.*{type(callback).__name__}"
        ):
            model.fit(images, batch_size=4, verbose=0, callbacks=callbacks)
