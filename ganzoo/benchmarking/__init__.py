"""How fast a model trains here, and how fast it would have been written by hand."""

from ganzoo.benchmarking.figures import DEFAULT_SIZES, Benchmark, benchmark

__all__ = ["DEFAULT_SIZES", "Benchmark", "benchmark"]
