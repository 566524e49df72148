"""What `GANModel.compile` decides: two optimizers, loss scaling, and what XLA compiles."""

import contextlib
from collections.abc import Iterator

import keras
import tensorflow as tf

from ganzoo.errors import InputError

# They change the rate or the weights of `model.optimizer`, which a model of two sides has not.
_GIVE_SCHEDULES = "give the optimizers of compile() a schedule as learning_rate"
_OF_ONE_OPTIMIZER = {
    keras.callbacks.LearningRateScheduler: _GIVE_SCHEDULES,
    keras.callbacks.ReduceLROnPlateau: _GIVE_SCHEDULES,
    keras.callbacks.SwapEMAWeights: "moving_average of the model keeps one of the generator",
}


def check_environment(policy: keras.DTypePolicy) -> None:
    """Raises an InputError if Keras is set up in a way that no model here works in.

    Args:
        policy: the model's.
    """
    backend, layout = keras.config.backend(), keras.config.image_data_format()
    if backend != "tensorflow":
        raise InputError(
            "ganzoo's models are of Keras's backend tensorflow (KERAS_BACKEND, or keras.json). "
            f"Received: {backend!r}"
        )
    if layout != "channels_last":
        raise InputError(
            "Images are (height, width, channels): keras.config.set_image_data_format, or "
            f"image_data_format in keras.json, must be 'channels_last'. Received: {layout!r}"
        )
    if policy.name == "float16":
        raise InputError(
            "Weights in float16 do not train; the policies 'mixed_float16' and 'mixed_bfloat16' "
            f"keep them in float32. Received: {policy.name!r}"
        )


def check_callbacks(callbacks) -> None:
    """Raises an InputError for a callback of Keras that needs a model with one optimizer.

    A class derived from one of them is one of them.
    """
    given = getattr(callbacks, "callbacks", callbacks)  # a CallbackList has them
    for callback in given if isinstance(given, (list, tuple)) else [given]:
        for of_one, advice in _OF_ONE_OPTIMIZER.items():
            if isinstance(callback, of_one):
                raise InputError(
                    f"This callback works on one optimizer, and a GAN has two; {advice}. "
                    f"Received: {type(callback).__name__}"
                )


class _OfAllLosses(keras.callbacks.Callback):
    """Keras's `TerminateOnNaN`, which knows a loss of the name `loss` alone, of all losses.

    Args:
        callback: the one that was given.
    """

    def __init__(self, callback: keras.callbacks.TerminateOnNaN):
        super().__init__()
        self.callback = callback

    def set_model(self, model):
        super().set_model(model)
        self.callback.set_model(model)

    def on_batch_end(self, batch, logs=None):
        logs = logs or {}
        self.callback.on_batch_end(batch, logs | {"loss": sum(logs.values())})


def of_all_losses(callbacks):
    """Returns what `fit` is given as callbacks, with each `TerminateOnNaN` of all losses."""
    if isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks.callbacks[:] = of_all_losses(callbacks.callbacks)
        return callbacks
    if isinstance(callbacks, (list, tuple)):
        return [of_all_losses(callback) for callback in callbacks]
    is_of_one = isinstance(callbacks, keras.callbacks.TerminateOnNaN)
    return _OfAllLosses(callbacks) if is_of_one else callbacks


def optimizer_pair(given: tuple, paper: tuple, policy: keras.DTypePolicy) -> tuple:
    """Returns `(generator_optimizer, discriminator_optimizer)`, ready to be built.

    For a policy of float16 each is made to scale its loss, which keeps small gradients from
    vanishing. Keras does that for a model's `optimizer` alone; bfloat16 has the exponents of
    float32 and needs none.

    Args:
        given: two optimizers, by object or by name; or None for the paper's.
        paper: the paper's two.
        policy: the model's.

    Raises:
        InputError: if both are the same object, which Keras would notice only in a step.
    """
    pair = tuple(keras.optimizers.get(g or p) for g, p in zip(given, paper, strict=True))
    if pair[0] is pair[1]:
        raise InputError(
            "Generator and discriminator each need an optimizer object of their own (its moments "
            f"belong to the weights of one of them). Received: {pair[0]} twice"
        )
    return tuple(_with_loss_scale(optimizer, policy) for optimizer in pair)


def _with_loss_scale(optimizer, policy):
    is_scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    if policy.name == "mixed_float16" and not is_scaled:
        return keras.optimizers.LossScaleOptimizer(optimizer)
    return optimizer


def xla_compiles_step(model, jit_compile: bool | str) -> bool:
    """Returns whether XLA is to compile `train_step`.

    Keras resolves `"auto"` to XLA on one GPU and to none on a CPU, where it makes convolutions
    slower. It makes dense layers faster there, and a model that has those alone says so.

    Args:
        model: a `GANModel`, compiled by Keras.
        jit_compile: what `compile` was given.
    """
    if jit_compile != "auto" or model.jit_compile:
        return bool(model.jit_compile)
    has_strategy = (
        tf.distribute.has_strategy()
        or model.distribute_strategy is not tf.distribute.get_strategy()
    )
    has_gpu = bool(tf.config.list_logical_devices("GPU"))
    return model.xla_on_cpu and not (has_strategy or has_gpu)


@contextlib.contextmanager
def jit_compile_as(model: keras.Model, jit_compile: bool) -> Iterator[None]:
    """While it is entered, Keras makes functions of the model with this `jit_compile`.

    Keras has one `jit_compile` for training, evaluation and prediction, and reads it when it makes
    the function of each. So this is its public way to compile one of them and not the others.
    """
    of_the_others = model.jit_compile
    model.jit_compile = jit_compile
    try:
        yield
    finally:
        model.jit_compile = of_the_others
