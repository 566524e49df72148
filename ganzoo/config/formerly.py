"""Settings and presets of earlier versions, in the words of this one.

Until CDCGAN was a model of its own, it was `cgan` with the setting `networks: convolutional`.
"""

import logging

from ganzoo.errors import InputError

logger = logging.getLogger(__name__)

PRESETS = {
    "cgan/mnist_convolutional": "cdcgan/mnist",
    "cgan/fashion_mnist": "cdcgan/fashion_mnist",
    "cgan/cifar10": "cdcgan/cifar10",
}
# Settings of the pair that `networks` did not choose.
_OF_THE_OTHER_PAIR = {
    "mlp": {"filters", "kernel_size", "sync_batch_norm", "beta_1"},
    "convolutional": {
        "generator_units", "maxout_units", "rate_divisor", "minimum_rate", "momentum",
        "final_momentum", "momentum_start", "momentum_end",
    },
}  # fmt: skip


def preset_now(name: str) -> str:
    """Returns the name that a preset has now, and says so where it is another."""
    now = PRESETS.get(name, name)
    if now != name:
        logger.warning("The preset %s is %s now", name, now)
    return now


def settings_now(model: str, values: dict, is_of_run: bool = False) -> tuple[str, dict]:
    """Returns a model's name and the settings of a file, as they are called now.

    Args:
        model: a model's name.
        values: settings by name.
        is_of_run: whether they are of a run, which has all settings that there were then.
    """
    if model == "cyclegan" and is_of_run:
        return model, {"padding": "far", **values}  # until there was a choice
    if model != "cgan" or values.get("networks") not in _OF_THE_OTHER_PAIR:
        return model, values
    pair = values["networks"]
    gone = _OF_THE_OTHER_PAIR[pair] | {"networks"}
    values = {name: value for name, value in values.items() if name not in gone}
    if values.get("learning_rate", 0) is None:  # the pair's own, the default now
        del values["learning_rate"]
    return ("cdcgan" if pair == "convolutional" else model), values


def check_setting(model: str, name: str) -> None:
    """Raises InputError for a setting that a model had, with what takes its place."""
    if (model, name) == ("cgan", "networks"):
        raise InputError(
            "The convolutional pair of 'cgan' is the model 'cdcgan' now, and the other is all that "
            f"'cgan' has. Received: the setting {name!r}"
        )
