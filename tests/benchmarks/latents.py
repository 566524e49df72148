"""Do directions do what they say, and does projection find latents again?

Of a DCGAN trained on CelebA: how often a classifier other than the one that a direction was found
with calls samples positive, by strength; and the PSNR of projections of the model's own samples and
of faces of the test split.

    python tests/benchmarks/latents.py RUN [--attribute Smiling] [--pictures FOLDER]
"""

import argparse
from pathlib import Path

import numpy as np

import ganzoo
from ganzoo.images.files import save_image
from ganzoo.images.grids import image_grid
from ganzoo.inference.attribute_classifiers import classify
from ganzoo.inference.sources import images_of

JUDGED = range(100_000, 100_500)  # seeds that no direction was found from


def strengths(run, attribute, folder):
    model = ganzoo.load_run(run)
    finder, finders_accuracy = ganzoo.train_classifier(run, attribute, seed=0)
    judge, judges_accuracy = ganzoo.train_classifier(run, attribute, seed=1)
    print(f"{attribute}: accuracy of finder {finders_accuracy:.3f}, of judge {judges_accuracy:.3f}")
    latents = model.latents_of_seeds(JUDGED).numpy()
    for method in ("logistic", "means"):
        name = f"{attribute}-{method}"
        direction = ganzoo.find_direction(run, name, finder, method=method, source=attribute)
        strips = []
        for strength in (-4, -2, 0, 1, 2, 3, 4):
            made = images_of(model, latents + strength * direction.vector)
            shares = [(classify(one, made) > 0).mean() for one in (judge, finder)]
            print(
                f"  {method:9} strength {strength:2}: judge {shares[0]:.3f} finder {shares[1]:.3f}"
            )
            strips.append(made[:8])
        if folder:
            rows = np.stack(strips, 1)
            save_image(folder / f"{name}.png", image_grid(rows.reshape(-1, *rows.shape[2:]), 7))


def projections(run, folder):
    model = ganzoo.load_run(run)
    own = images_of(model, model.latents_of_seeds(range(100_000, 100_010)).numpy())
    settings = ganzoo.load_config(str(Path(run) / "config.yaml")).arguments(ganzoo.load_dataset)
    settings |= {"split": "test", "shuffle": False, "horizontal_flip": False, "batch_size": 10}
    real = next(iter(ganzoo.load_dataset(**settings))).numpy()
    for name, images in (("own samples", own), ("real faces", real)):
        found = ganzoo.project(model, images)
        norms = np.linalg.norm(found.latents, axis=1)
        print(f"{name}: PSNR {np.sort(found.psnr).round(1)}, norms {norms.round(1)}")
        if folder:
            pairs = np.concatenate([images, found.images])
            save_image(folder / f"{name.replace(' ', '_')}.png", image_grid(pairs, 10))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--attribute", action="append", default=None)
    parser.add_argument("--pictures", type=Path)
    arguments = parser.parse_args()
    projections(arguments.run, arguments.pictures)
    for attribute in arguments.attribute or ["Smiling", "Male"]:
        strengths(arguments.run, attribute, arguments.pictures)
