"""How training passes from one stage of growth to the next."""

import tensorflow as tf


class StepOfStages:
    """A training function that has a step compiled for each stage, when it comes to it.

    Executions of several steps are so many calls of it: a stage may end between any two steps.
    """

    def __init__(self, model, make_function):
        self._model = model
        self._make_function = make_function
        self._stage = None
        self._step = None

    def __call__(self, iterator):
        model, logs = self._model, None
        steps, model.steps_per_execution = model.steps_per_execution, 1
        try:
            for _ in range(steps):
                self._enter_stage()
                logs = self._step(iterator)
        except (StopIteration, tf.errors.OutOfRangeError):
            if logs is None:  # else these were the last batches
                raise
        finally:
            model.steps_per_execution = steps
        return logs

    def _enter_stage(self):
        model = self._model
        stage = model.enter_stage()
        if stage != self._stage:
            self._make_function(force=True)
            self._step, model.train_function = model.train_function, self
            self._stage = stage


def begin_anew(optimizer) -> None:
    """Gives an optimizer the state of a new one: moments of gradients, and its count of steps.

    Its learning rate, and the scale of losses in float16, stay.
    """
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    new = type(optimizer).from_config(optimizer.get_config())
    new.build(optimizer._trainable_variables)
    rate = getattr(optimizer, "_learning_rate", None)
    for variable, value in zip(optimizer.variables, new.variables, strict=True):
        if variable is not rate:
            variable.assign(value)
