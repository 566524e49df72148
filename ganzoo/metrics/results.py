"""What a metric returns: values, and the protocol without which they mean nothing."""

import dataclasses
import math
from dataclasses import dataclass, field

DIRECTIONS = ("ab", "ba")  # of a model that translates both ways


@dataclass(frozen=True)
class Result:
    """The values of one metric.

    Attributes:
        metric: its name; with a direction, such as `"fid_ab"`.
        values: each value by its name, the one to compare first; with a direction, `"fid_ab"`.
        protocol: what the values depend on: numbers of images, neighbours, subsets, the extractor.
        direction: `"ab"` or `"ba"` of a model that translates both ways, None of all others.
    """

    metric: str
    values: dict[str, float]
    protocol: dict[str, object] = field(default_factory=dict)
    direction: str | None = None

    @property
    def value(self) -> float:
        """The first value, the one to compare."""
        return next(iter(self.values.values()))

    @property
    def base_metric(self) -> str:
        """The metric's name without the direction: `"fid"` of `"fid_ab"`."""
        return self.metric.removesuffix(f"_{self.direction}")

    def in_direction(self, direction: str) -> "Result":
        """Returns this result as that of one direction, which its names then end in.

        >>> Result("fid", {"fid": 3.5}).in_direction("ab")
        Result(metric='fid_ab', values={'fid_ab': 3.5}, protocol={}, direction='ab')
        """
        return dataclasses.replace(
            self,
            metric=f"{self.metric}_{direction}",
            values={f"{name}_{direction}": value for name, value in self.values.items()},
            direction=direction,
        )

    def to_json(self) -> dict:
        """Returns a dict that JSON can hold: a value that is not finite is a string, as `"inf"`.

        The direction is in the names.

        >>> Result("psnr", {"psnr": float("inf")}, {"images": 3}).to_json()
        {'metric': 'psnr', 'values': {'psnr': 'inf'}, 'protocol': {'images': 3}}
        """
        values = {
            name: float(value) if math.isfinite(value) else str(float(value))
            for name, value in self.values.items()
        }
        return {"metric": self.metric, "values": values, "protocol": self.protocol}

    @classmethod
    def from_json(cls, record: dict) -> "Result":
        """Returns the result that `to_json` made a record of; what else it holds is left out.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: if it is no such record.

        >>> Result.from_json({"metric": "fid_ab", "values": {"fid_ab": "inf"}, "protocol": {}})
        Result(metric='fid_ab', values={'fid_ab': inf}, protocol={}, direction='ab')
        """
        metric = str(record["metric"])
        values = {name: float(value) for name, value in record["values"].items()}
        _, _, ending = metric.rpartition("_")
        direction = ending if ending in DIRECTIONS else None
        return cls(metric, values, record["protocol"], direction)
