"""`evaluate`: how good a run's images are, in figures and their protocols."""

from collections.abc import Sequence

from ganzoo.evaluation.measurement import Measurement
from ganzoo.images.files import save_image
from ganzoo.metrics.results import Result
from ganzoo.runs.folder import open_run
from ganzoo.runs.loading import load_run


def evaluate(
    run,
    metrics: Sequence[str] | None = None,
    *,
    num_images: int = 10_000,
    extractor="inception",
    resize: str = "antialiased",
    weights=None,
    seed: int = 0,
    checkpoint: str = "newest",
) -> list[Result]:
    """Measures a run's images against its data; figures go to its `metrics.json` and TensorBoard.

    Args:
        run: a run folder.
        metrics: names; left out, the model's usual ones. Of models that sample from noise: `fid`,
            `kid`, `inception_score`, `manifold` (precision, recall, density, coverage), `parzen`,
            `memorisation` (with `neighbours.png`, each of ten samples beside the training images
            nearest to it), and with labels `class_diversity`. Of Pix2Pix: `paired` (L1, PSNR, SSIM,
            MS-SSIM), `noise_diversity`, and those of sets of images. Of CycleGAN, each way: `cycle`
            and those of sets. docs/metrics.md says what each means.
        num_images: how many images to make, and how many real ones to take where there are as many.
        extractor, resize, weights: as `metrics.open_extractor` takes them, for the metrics of sets
            of images.
        seed: the first image's.
        checkpoint: `"newest"`, or `"best"` as training was evaluated.

    Raises:
        InputError: for an unknown metric or extractor, or a number of images that a metric cannot
            do with.
        ResourceError: if `run` is no trained run, or data or weights are not here.
    """
    opened = open_run(run)
    model = load_run(run, checkpoint)
    measurement = Measurement(
        opened.config(), metrics, batch_format=model.batch_format, count=num_images,
        extractor=extractor, resize=resize, weights=weights, seed=seed, progress=True,
    )  # fmt: skip
    results = measurement(model)
    if "memorisation" in measurement.metrics:
        save_image(opened.neighbours_path, measurement.neighbours(model).picture())
    opened.record(int(model.step.numpy()), results)
    return results
