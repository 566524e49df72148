"""How fast a training step is beside the same one in PyTorch.

    python tests/benchmarks/against_pytorch.py --torch-python PATH [MODEL...]

PATH is a Python that has torch, where `pytorch_steps.py` runs. The models are at the sizes of
`ganzoo benchmark`, all with Adam (2e-4, beta_1 0.5). Both sides use all cores, and take turns of
about a fifth of a second during which the other sleeps. Printed are the medians of a step, and how
many times as fast ganzoo is: the median of the quotients of each round, by the clock and by the CPU
time of all threads.

*The same*: the batch's size, layers, widths and how many weights they have (which is checked),
losses, passes and the order of updates; weights and losses in float32, and layers in bfloat16 where
that is asked for.

*Each side's own*: PyTorch's step is the fastest of its ways, which is printed: channels first or
last, then eager or compiled by `torch.compile` if that is done in time. Its autocast computes the
last layers in bfloat16 too, ganzoo's are in float32. ganzoo draws noise that can be drawn again,
counts steps, averages losses. CycleGAN's strided convolutions pad at the near edge in PyTorch, as
its authors' do, and the pool is a list. Weights begin by PyTorch's own rules, which do not change
the time.

Look at both precisions before judging. PyTorch 2.13 multiplies float32 matrices with MKL, which on
an AMD EPYC (Zen 5) makes 97 GFLOP/s on a core where oneDNN makes 205; and there the gradient of a
strided convolution's bfloat16 weights took 500 ms, its forward pass 10 (measured). `torch.compile`
takes up to a minute for each line of the table; `--compile-seconds 0` leaves it out.
"""

import argparse
import functools
import json
import os
import select
import statistics
import subprocess
import time
from pathlib import Path

import numpy as np

from ganzoo import load_config
from ganzoo.benchmarking import DEFAULT_SIZES
from ganzoo.benchmarking.steps import compiled, finished
from ganzoo.benchmarking.timing import Times, alternate, cpu_ratio, ratio
from ganzoo.training.random_batches import random_batch

# Those written in PyTorch, and the preset where it is not that of `ganzoo benchmark`.
MODELS = {
    **dict.fromkeys(("gan", "cgan", "dcgan", "pix2pix", "cyclegan")),
    **dict.fromkeys(("wgan_gp", "sngan", "anime_gan")),
    "dragan": "dragan/sample",
}

_TURN_SECONDS = 0.2
_TRIED_STEPS = 3
_PAIR_SECONDS = 40  # after which a pair's rounds end early
_FEWEST_ROUNDS = 5
# Threads that wait sleep at once: spinning they would slow down the other side.
_ENVIRONMENT = {"OMP_WAIT_POLICY": "PASSIVE", "KMP_BLOCKTIME": "0"}


class PyTorch:
    """A process that has prepared one step in one way, and runs it when asked.

    Args:
        python: the interpreter.
        values: a config's, and `"model"`.
        channels_last, is_compiled: the way.
        seconds: for the first two steps, which compile; None: as long as they take.

    Raises:
        TimeoutError: if they take longer.
        RuntimeError: if they fail.
    """

    def __init__(self, python, values, channels_last, is_compiled, seconds=None):
        self.channels_last = channels_last
        self.name = (
            f"{'compiled' if is_compiled else 'eager'}, channels "
            f"{'last' if channels_last else 'first'}"
        )
        inherited = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
        self.process = subprocess.Popen(
            [python, Path(__file__).with_name("pytorch_steps.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=inherited | _ENVIRONMENT,
        )  # fmt: skip
        self.weights = self._ask(
            seconds,
            {"values": values, "channels_last": channels_last, "compiled": is_compiled},
        )

    def run(self, steps):
        """Returns what a step took, in seconds: `{"wall": mean, "cpu": mean}`."""
        return self._ask(None, {"steps": steps})

    def end(self):
        self.process.kill()
        self.process.wait()

    def _ask(self, seconds, question):
        print(json.dumps(question), file=self.process.stdin, flush=True)
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            self.end()
            raise TimeoutError(f"PyTorch ({self.name}) was not ready in {seconds} s")
        answer = self.process.stdout.readline()
        if not answer:
            self.end()
            raise RuntimeError(f"PyTorch ({self.name}) ended with an error, which is above")
        return json.loads(answer)


def fastest(python, values, compile_seconds):
    """Returns the `PyTorch` whose step takes the least time, and what each way's took, in ms."""
    ways = [PyTorch(python, values, channels_last=False, is_compiled=False)]
    if values["model"] not in ("gan", "cgan"):  # which have no maps
        ways.append(PyTorch(python, values, channels_last=True, is_compiled=False))
    tried, best = _in_turns(ways)
    if compile_seconds:
        try:
            other = PyTorch(python, values, best.channels_last, True, compile_seconds)
            more, best = _in_turns([best, other])
            tried |= more
        except (TimeoutError, RuntimeError) as error:  # slow, or there is no C++ compiler
            tried["compiled"] = str(error)
    return best, tried


def _in_turns(ways):
    """Times steps of each way, ends all but the fastest, and returns their ms and the fastest."""
    seconds = {way: [] for way in ways}
    for _ in range(_TRIED_STEPS):
        for way in ways:
            seconds[way].append(way.run(1)["wall"])
    best = min(ways, key=lambda way: statistics.median(seconds[way]))
    for way in ways:
        if way is not best:
            way.end()
    return {way.name: round(1000 * statistics.median(seconds[way]), 1) for way in ways}, best


def compare(model, precision, options):
    """Returns the figures of one model in one precision."""
    preset, sizes = DEFAULT_SIZES[model] if MODELS[model] is None else (MODELS[model], {})
    config = load_config(preset, **sizes, precision=precision)
    theirs, tried = fastest(
        options.torch_python, config.values | {"model": model}, options.compile_seconds
    )
    ganzoo, step = compiled(config, "adam")
    batch = random_batch(config, ganzoo)
    weights = [
        sum(int(np.prod(weight.shape)) for weight in player)
        for player in (ganzoo.generator_variables, ganzoo.discriminator_variables)
    ]
    if theirs.weights != weights:
        raise SystemExit(
            f"{model}: generator and discriminator have {weights} weights in ganzoo. "
            f"Received: {theirs.weights} in PyTorch"
        )
    ours = functools.partial(finished, step, batch if len(batch) > 1 else batch[0])
    ours()
    ours()
    seconds = alternate({"ganzoo": ours}, rounds=3)["ganzoo"].median
    steps = max(1, round(_TURN_SECONDS / seconds))

    own, others = Times([], []), Times([], [])
    start = time.perf_counter()
    for count in range(options.rounds):
        if count >= _FEWEST_ROUNDS and time.perf_counter() - start > _PAIR_SECONDS:
            break
        turn = alternate({"ganzoo": ours}, rounds=1, repeats=steps)["ganzoo"]
        own.wall.extend(turn.wall)
        own.cpu.extend(turn.cpu)
        turn = theirs.run(steps)
        others.wall.append(turn["wall"])
        others.cpu.append(turn["cpu"])
    theirs.end()
    return {
        "model": model,
        "precision": precision,
        "rounds": len(own.wall),
        "ganzoo_ms": 1000 * own.median,
        "pytorch_ms": 1000 * others.median,
        "ratio": ratio(own, others),
        "cpu_ratio": cpu_ratio(own, others),
        "pytorch_way": theirs.name,
        "pytorch_ways_ms": tried,
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", metavar="MODEL", help=", ".join(MODELS))
    parser.add_argument("--torch-python", required=True, metavar="PATH")
    parser.add_argument("--precision", choices=("float32", "bfloat16", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument(
        "--compile-seconds", type=float, default=60, help="for torch.compile; 0: eager only"
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    models = options.models or list(MODELS)
    if unknown := set(models) - set(MODELS):
        parser.error(f"MODEL is one of {', '.join(MODELS)}. Received: {', '.join(unknown)}")
    precisions = ("float32", "bfloat16") if options.precision == "both" else (options.precision,)

    print(f"{'':18} ganzoo ms  PyTorch ms   ratio  by CPU  PyTorch's way", flush=True)
    found = []
    for model in models:
        for precision in precisions:
            figures = compare(model, precision, options)
            found.append(figures)
            print(
                "{model:8} {precision:9}{ganzoo_ms:10.1f} {pytorch_ms:11.1f} {ratio:7.2f} "
                "{cpu_ratio:7.2f}  {pytorch_way} of {pytorch_ways_ms}".format(**figures),
                flush=True,
            )
            if options.json:
                options.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
