"""`evaluate`: how good a run's images are, by metrics and their protocols."""

from collections.abc import Sequence

from ganzoo.config import pretrained
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
    extractor=None,
    resize: str = "antialiased",
    weights=None,
    seed: int = 0,
    checkpoint: str = "newest",
) -> list[Result]:
    """Measures a run's images against its data, into its `metrics.json` and TensorBoard.

    Of a pretrained run that ships with ganzoo nothing is recorded.

    Args:
        run: a run folder, or the name of a pretrained run.
        metrics: names; left out, the model's defaults. Of models that generate from noise: `fid`,
            `kid`, `inception_score`, `manifold` (precision, recall, density, coverage), `swd`,
            `parzen`, `memorisation` (with `neighbours.png`, each of ten samples next to the
            training images nearest to it), with labels `class_diversity`, and with an encoder
            `reconstruction` (L1, PSNR, SSIM, MS-SSIM), `feature_reconstruction` and
            `encoding_neighbours`. Of Pix2Pix: `paired` (L1, PSNR, SSIM, MS-SSIM), `noise_diversity`
            and the first four. Of CycleGAN, in both directions: `cycle` and the first four.
            docs/metrics.md says what each means.
        num_images: how many images to generate, and at most how many real ones to compare with.
        extractor, resize, weights: as `metrics.open_extractor` takes them, for the first four; left
            out, the extractor is `"garments"` for the embedded images and Fashion-MNIST, which
            needs no download, and `"inception"` for all others.
        seed: of the first image.
        checkpoint: `"newest"`, or `"best"` as training was evaluated.

    Raises:
        InputError: for an unknown metric or extractor, or too few images for a metric.
        ResourceError: if `run` is no trained run, or data or weights are not here.
    """
    opened = open_run(run)
    model = load_run(opened.folder, checkpoint)
    measurement = Measurement(
        opened.config(), metrics, model=model, count=num_images,
        extractor=extractor, resize=resize, weights=weights, seed=seed, progress=True,
    )  # fmt: skip
    results = measurement(model)
    if pretrained.name_of(opened.folder):
        return results
    if "memorisation" in measurement.metrics:
        save_image(opened.neighbours_path, measurement.neighbours(model).picture())
    opened.record(int(model.step.numpy()), results)
    return results
