"""What a metric returns: figures, and the protocol without which they mean nothing."""

import math
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Result:
    """The figures of one metric.

    Attributes:
        metric: its name.
        values: each figure by name, the one to compare first.
        protocol: what the figures depend on: numbers of images, neighbours, subsets, the
            extractor.
    """

    metric: str
    values: dict[str, float]
    protocol: dict[str, object] = field(default_factory=dict)

    @property
    def value(self) -> float:
        """The first figure, the one to compare."""
        return next(iter(self.values.values()))

    def to_json(self) -> dict:
        """Returns a dict that JSON can hold: a figure that is not finite is a string, as `"inf"`.

        >>> Result("psnr", {"psnr": float("inf")}, {"images": 3}).to_json()
        {'metric': 'psnr', 'values': {'psnr': 'inf'}, 'protocol': {'images': 3}}
        """
        values = {
            name: float(value) if math.isfinite(value) else str(float(value))
            for name, value in self.values.items()
        }
        return {"metric": self.metric, "values": values, "protocol": self.protocol}
