"""What a training step costs as the work grows: batch, image and width, one at a time.

    python tests/benchmarks/growth.py growth.json --plot docs/images/growth.png

Each point is `ganzoo benchmark --step-only` in a process of its own, so that its peak memory is its
own too. Printed is a table in Markdown; the plot shows time and memory against the arithmetic of a
step, by which a step would be a straight line if a machine did nothing else.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

GROWTH = {
    "gan": [
        {"batch_size": 25}, {"batch_size": 100}, {"batch_size": 400},
        {"generator_units": 2400, "maxout_units": 480}, {"image_size": 56},
    ],
    "cgan": [{"batch_size": 25}, {"batch_size": 100}, {"batch_size": 400}],
    "dcgan": [
        {"batch_size": 16}, {"batch_size": 64}, {"batch_size": 128},
        {"filters": 32}, {"filters": 128}, {"image_size": 32}, {"image_size": 128},
    ],
    "pix2pix": [
        {"batch_size": 1}, {"batch_size": 4}, {"filters": 32}, {"image_size": 128},
    ],
    "cyclegan": [
        {"batch_size": 1}, {"batch_size": 2}, {"filters": 32}, {"image_size": 64},
        {"image_size": 256},
    ],
}  # fmt: skip


def measured(model, settings, rounds):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [sys.executable, "-m", "ganzoo", "benchmark", model, "--step-only"]
        command += ["--rounds", str(rounds), "--json", file.name]
        for name, value in settings.items():
            if name == "image_size":
                command += ["--image-size", str(value)]
            else:
                command += ["--set", f"{name}={value}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (figures,) = json.loads(Path(file.name).read_text())
    return {"model": model, "settings": settings} | figures


def table(points):
    lines = [
        "| model | setting | GFLOP a step | step, ms | ms a GFLOP | peak memory, GiB | "
        "to build and compile, s |",
        "|---|---|---|---|---|---|---|",
    ]
    for point in points:
        settings = ", ".join(f"{name} {value}" for name, value in point["settings"].items())
        work, milliseconds = point["step_gflop"], point["step_ms"]
        lines.append(
            f"| {point['model']} | {settings.replace('_', ' ')} | {work:,.1f} | {milliseconds:,.0f}"
            f" | {milliseconds / work:.1f} | {point['peak_memory_gib']:.2f}"
            f" | {point['compile_seconds']:.1f} |"
        )
    return "\n".join(lines)


def plot(points, path):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for model in GROWTH:
        mine = sorted(
            (point for point in points if point["model"] == model), key=lambda p: p["step_gflop"]
        )
        for axis, name in zip(axes, ("step_ms", "peak_memory_gib"), strict=True):
            axis.loglog([p["step_gflop"] for p in mine], [p[name] for p in mine], "o-", label=model)
    for axis, label in zip(axes, ("ms a step", "peak memory, GiB"), strict=True):
        axis.set(xlabel="GFLOP a step", ylabel=label)
        axis.grid(True, which="both", alpha=0.3)
    axes[0].legend()
    figure.savefig(path, dpi=100)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="where the figures go, or come from if it exists")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    if not arguments.file.exists():
        points = [
            measured(model, settings, arguments.rounds)
            for model, variants in GROWTH.items()
            for settings in variants
        ]
        arguments.file.write_text(json.dumps(points, indent=2) + "\n")
    points = json.loads(arguments.file.read_text())
    print(table(points))
    if arguments.plot:
        plot(points, arguments.plot)


if __name__ == "__main__":
    main()
