"""What `callbacks.Health` sees in a healthy run, and in one whose generator is made to fail.

python tests/benchmarks/health.py MODEL [--generator frozen|ignores-latents] [--steps N] [--every N]

Trains MODEL on the embedded images. A frozen generator is never updated; one that ignores its
latents is, but the kernel of its first layer is held at zero. Printed are the extremes that the
thresholds of `Health` lie beyond, and the verdicts.
"""

import argparse
import json
import logging
import tempfile
from pathlib import Path

import ganzoo
from ganzoo import registry
from ganzoo.callbacks import EverySteps
from ganzoo.callbacks.health_figures import figures
from ganzoo.data.settings import DataSettings


class Watch(EverySteps):
    """Checks as `Health` does, and keeps the figures."""

    def __init__(self, batch, generator, every_steps):
        super().__init__(every_steps)
        self.batch, self.generator, self.rows = batch, generator, []

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        if self.generator == "frozen":
            optimizer = self.model.generator_optimizer
            optimizer.apply = lambda *_: optimizer.iterations.assign_add(1)
        self._cut_off_latents()

    def on_train_batch_end(self, batch, logs=None):
        self._cut_off_latents()
        super().on_train_batch_end(batch, logs)

    def _cut_off_latents(self):
        if self.generator == "ignores-latents":
            for network in self.model.generators:
                kernel = network.trainable_weights[0]
                kernel.assign(0.0 * kernel)

    def on_steps(self, step, means):
        _, outputs = self.model.gradient_norms(self.batch)
        ratio = means["discriminator_loss"] / self.model.discriminator_loss_at_chance
        for of_pair in outputs.values():
            self.rows.append(figures(of_pair) | {"step": step, "loss": ratio})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument(
        "--generator", choices=("trained", "frozen", "ignores-latents"), default="trained"
    )
    parser.add_argument("--steps", type=int)
    parser.add_argument("--every", type=int, default=100)
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    settings = {"steps": arguments.steps} if arguments.steps else {}
    config = ganzoo.load_config(arguments.model, health_every=arguments.every, **settings)
    pipeline = ganzoo.data.open_pipeline(
        config.values["dataset"],
        registry.model_class(config.model).batch_format,
        DataSettings(**config.arguments(DataSettings), shuffle=True),
    )
    batch = pipeline.first_examples(config.run.sample_count)
    watch = Watch(batch, arguments.generator, arguments.every)
    with tempfile.TemporaryDirectory() as folder:
        run = ganzoo.train(config, run_dir=Path(folder) / "run", more_callbacks=[watch])
        verdicts = json.loads((run / "health.json").read_text())["verdicts"]
    later = watch.rows[len(watch.rows) // 4 :]
    print(f"{arguments.model}, {arguments.generator}: {len(watch.rows)} checks")
    print(
        "  lowest loss of D, of that at chance       ", f"{min(r['loss'] for r in watch.rows):.3f}"
    )
    right = max(min(r["real_accuracy"], r["fake_accuracy"]) for r in watch.rows)
    print("  highest of the lower of D's accuracies   ", f"{right:.3f}")
    print(
        "  lowest diversity after the first quarter ", f"{min(r['diversity'] for r in later):.3f}"
    )
    print(
        "  highest saturation                       ",
        f"{max(r['saturation'] for r in watch.rows):.3f}",
    )
    print("  verdicts ", [(v["verdict"], v["pair"], v["step"]) for v in verdicts])


if __name__ == "__main__":
    main()
