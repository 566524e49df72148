"""Small games to look at, which teach what the models do."""

from ganzoo.demo.convergence import gaussian

__all__ = ["gaussian"]
