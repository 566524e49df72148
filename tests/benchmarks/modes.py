"""How many modes of a mixture of Gaussians do the small GANs of `ganzoo demo gaussian` find?

By model, over several seeds: the modes found, the share of samples within 3 sigma of one, and the
CPU seconds of a run.

    python tests/benchmarks/modes.py [MODEL...] [--modes 8 | --modes 25 --grid] [--seeds 10]
"""

import argparse
import statistics
import time

from ganzoo import demo
from ganzoo.demo.convergence import MODELS


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", default=list(MODELS), metavar="MODEL")
    parser.add_argument("--modes", type=int, default=8)
    parser.add_argument("--grid", action="store_true")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    for model in options.models:
        found, shares, seconds = [], [], []
        for seed in range(options.seeds):
            begin = time.process_time()
            coverage = demo.gaussian(
                model=model, modes=options.modes, grid=options.grid, steps=options.steps, seed=seed
            )
            seconds.append(time.process_time() - begin)
            found.append(coverage.modes_found)
            shares.append(coverage.good_share)
        print(
            f"{model}: {sum(n == options.modes for n in found)} of {options.seeds} seeds find all "
            f"{options.modes} modes; modes by seed {found}, mean {statistics.mean(found):.1f}; "
            f"good samples {min(shares):.0%} to {max(shares):.0%}, mean "
            f"{statistics.mean(shares):.0%}; {statistics.median(seconds):.0f} CPU s a run",
            flush=True,
        )


if __name__ == "__main__":
    main()
