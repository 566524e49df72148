"""Makes the runs that ship with ganzoo again: trains presets, and keeps what makes images.

    python tests/benchmarks/pretrained.py DIR [PRESET...] [--to FOLDER]

Each preset, left out the `sample` preset of every model, is trained into DIR/MODEL-PRESET (or what
is there is taken, if it is finished). Its small run, with float16 weights, is evaluated, gets its
card, and replaces FOLDER/MODEL/PRESET, left out `ganzoo/runs/pretrained/MODEL/PRESET`.
"""

import argparse
import logging
import platform
import shutil
from pathlib import Path

import ganzoo
from ganzoo.abilities import abilities_of
from ganzoo.config.pretrained import PRETRAINED
from ganzoo.evaluation.choices import ENCODING_METRICS, default_metrics
from ganzoo.exporting.small_run import CARD, card, write_small_run
from ganzoo.runs.folder import Run, open_run
from ganzoo.runs.loading import load_run
from ganzoo.runs.summaries import summarize


def processor():
    """Returns the name of this machine's processor."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} cores of {names[0]}" if names else platform.processor()


def trained(preset, folder):
    """Returns the finished run of a preset in a folder."""
    if not (folder.exists() and summarize(open_run(folder)).state == "finished"):
        ganzoo.train(preset, run_dir=folder, resume=True)
    return Run(folder)


def measured_by(run):
    """Returns the metrics of a card: FID, KID, precision and recall, and the model's default."""
    able = abilities_of(load_run(run.folder))
    of_encoders = ENCODING_METRICS if able.encodes else ()
    return tuple(dict.fromkeys((*default_metrics(able), "fid", "kid", "manifold", *of_encoders)))


def make(preset, folder, target):
    run = trained(preset, folder / preset.replace("/", "-"))
    small_folder = folder / f"small-{preset.replace('/', '-')}"
    shutil.rmtree(small_folder, ignore_errors=True)
    small = write_small_run(run, small_folder)
    small.metrics_path.unlink(missing_ok=True)  # those of the float32 weights
    metrics = measured_by(small)
    for result in ganzoo.evaluate(small.folder, metrics):
        print(preset, result.metric, result.values, flush=True)
    shutil.rmtree(small.tensorboard)
    text = card(
        small, preset, f"ganzoo train {preset}",
        f"ganzoo evaluate {preset} --metrics {','.join(metrics)}", processor(),
    )  # fmt: skip
    (small.folder / CARD).write_text(text)
    shutil.rmtree(target / preset, ignore_errors=True)
    shutil.copytree(small.folder, target / preset)
    size = sum(path.stat().st_size for path in (target / preset).rglob("*") if path.is_file())
    print(f"{preset}: {size / 1e6:.2f} MB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("presets", nargs="*")
    parser.add_argument("--to", type=Path, default=PRETRAINED)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    samples = [name for name in ganzoo.list_presets() if name.endswith("/sample")]
    for preset in arguments.presets or samples:
        make(preset, arguments.folder, arguments.to)


if __name__ == "__main__":
    main()
