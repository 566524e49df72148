"""How fast models train on this machine, and how fast the steps are that tutorials write."""

from ganzoo.benchmarking.benchmarks import DEFAULT_SIZES, Benchmark, benchmark, benchmark_all

__all__ = ["DEFAULT_SIZES", "Benchmark", "benchmark", "benchmark_all"]
