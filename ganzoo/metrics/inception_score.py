"""Inception Score (Salimans et al., arXiv:1606.03498), in one pass over the images.

IS = exp(E_x KL(p(y|x) || p(y))),  of each of some parts of the images; their mean
"""

import numpy as np

from ganzoo.errors import InputError
from ganzoo.metrics.results import Result


class InceptionScore:
    """Collects logits, of which it keeps two sums for each part.

    Of every `splits` images each part gets one, at random. So images may be in any order, even
    sorted by class, and no logits need be kept.

    Args:
        splits: parts, 10 in the published scores.
        seed: of the assignment of images to parts.
    """

    reads = "logits"

    def __init__(self, splits: int = 10, seed: int = 0):
        if splits < 1:
            raise InputError(f"There must be at least one part. Received: splits={splits}")
        self.splits, self.seed = splits, seed
        self.count = 0
        self._draws = np.random.default_rng(seed)
        self._places = np.empty(0, int)  # of the next images, what is left of a round
        self._counts = np.zeros(splits)
        self._probabilities = 0.0  # their sums, (splits, classes)
        self._negative_entropies = np.zeros(splits)  # sums of p log p

    def update(self, logits: np.ndarray) -> None:
        """Takes logits `(batch, classes)`."""
        logits = np.asarray(logits, np.float64)
        logits = logits - logits.max(1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        probabilities = np.exp(logs)
        while len(self._places) < len(logits):
            self._places = np.append(self._places, self._draws.permutation(self.splits))
        places, self._places = np.split(self._places, [len(logits)])
        member = np.eye(self.splits)[places]  # (batch, splits)
        self._counts += member.sum(0)
        self._probabilities = self._probabilities + member.T @ probabilities
        self._negative_entropies += member.T @ (probabilities * logs).sum(1)
        self.count += len(logits)

    def result(self, **more) -> Result:
        """Returns the mean over the parts and their standard deviation; higher is better.

        Raises:
            InputError: if there were fewer images than parts.
        """
        if self.count < self.splits:
            raise InputError(
                f"An Inception Score of {self.splits} parts needs as many images. "
                f"Received: {self.count}"
            )
        marginals = self._probabilities / self._counts[:, None]
        logs = np.log(marginals, out=np.zeros_like(marginals), where=marginals > 0)
        divergences = self._negative_entropies / self._counts - (marginals * logs).sum(1)
        scores = np.exp(divergences)
        protocol = {"images": self.count, "splits": self.splits, "seed": self.seed, **more}
        values = {
            "inception_score": float(scores.mean()),
            "inception_score_std": float(scores.std()),
        }
        return Result("inception_score", values, protocol)
