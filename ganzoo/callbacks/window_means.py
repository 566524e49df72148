"""Means over windows of training steps, from the means over an epoch that Keras reports."""

from collections.abc import Mapping

_COUNT = "count of "  # begins the name of a sum that is a number of steps


class WindowMeans:
    """The mean of each reported value over a window of steps, which epochs may cut in parts.

    Keras reports running means: those over the steps since the epoch began. Such a mean times the
    number of these steps is a sum, and the sum over a window is the difference of the sums at its
    end and at its start. For a window that began in an earlier epoch the sum over its steps there
    is added.

    Nothing is accumulated step by step. So the means are the same to the last bit however often
    `update` is called, and thus however many steps `fit` runs at once.

    Example:

    >>> means = WindowMeans()
    >>> means.begin_epoch()
    >>> means.update(2, {"loss": 5.0})  # after two steps, of losses 4 and 6
    >>> means.close()
    {'loss': 5.0}
    >>> means.update(3, {"loss": 4.0})  # and a third, of loss 2
    >>> means.close()
    {'loss': 2.0}
    """

    def __init__(self):
        # Sums of each value, and of "steps": over the window's steps in earlier epochs; over this
        # epoch's steps before the window; and over this epoch's steps so far.
        self._before, self._start, self._now = {}, {}, {}

    def begin_epoch(self) -> None:
        """Carries the window on into an epoch whose running means begin at its first step."""
        self._before, self._start, self._now = self._sums(), {}, {}

    def update(
        self, steps: int, means: Mapping[str, float], counts: Mapping[str, float] | None = None
    ) -> None:
        """Takes the running means over the `steps` steps since the epoch began.

        Args:
            steps: since the epoch began.
            means: of the values, by name.
            counts: of values that not every step has, how many of these steps had them.
        """
        counts = counts or {}
        sums = {name: float(mean) * counts.get(name, steps) for name, mean in means.items()}
        self._now = {"steps": steps} | {_COUNT + name: n for name, n in counts.items()} | sums

    def close(self) -> dict[str, float]:
        """Returns the means over the window's steps, of which there is at least one.

        A value that none of them had is left out. The next window begins.
        """
        sums = self._sums()
        steps = sums.pop("steps")
        counts = {name: sums.pop(_COUNT + name, steps) for name in [*sums] if _COUNT not in name}
        self._before, self._start = {}, self._now
        return {name: sums[name] / count for name, count in counts.items() if count}

    def _sums(self):
        before, start = self._before, self._start
        return {
            name: before.get(name, 0) + now - start.get(name, 0) for name, now in self._now.items()
        }

    def get_state(self) -> dict[str, dict[str, float]]:
        """Returns the open window's sums, which JSON can hold."""
        return {"before": self._before, "start": self._start, "now": self._now}

    def set_state(self, state: Mapping[str, dict[str, float]]) -> None:
        """Goes on with the open window of a state that `get_state` returned."""
        self._before, self._start, self._now = state["before"], state["start"], state["now"]
