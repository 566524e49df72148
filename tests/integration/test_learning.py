"""Training learns: samples come close to images that it has not seen."""

import numpy as np
import pytest

import ganzoo

COMPONENTS = 32


def frechet_distance(images, reference, basis):
    """Between Gaussians fitted to both in the span of `basis` (Heusel et al., 2017, equation 6)."""
    a, b = (x.reshape(len(x), -1).astype(np.float64) @ basis for x in (images, reference))
    cov_a, cov_b = np.cov(a.T), np.cov(b.T)
    # tr sqrt(A B) is the sum of the square roots of AB's eigenvalues, which are real and >= 0.
    eigenvalues = np.linalg.eigvals(cov_a @ cov_b).real.clip(0)
    means = ((a.mean(0) - b.mean(0)) ** 2).sum()
    return means + np.trace(cov_a) + np.trace(cov_b) - 2 * np.sqrt(eigenvalues).sum()


@pytest.mark.slow
def test_five_epochs_of_the_sample_bring_dcgan_close_to_held_out_garments(tmp_path):
    shape = {"image_shape": (28, 28, 1), "batch_size": 1000}
    train, test = (
        next(iter(ganzoo.load_dataset("sample", split=split, **shape))).numpy()
        for split in ("train", "test")
    )
    flat = test.reshape(len(test), -1)
    basis = np.linalg.svd(flat - flat.mean(0), full_matrices=False)[2][:COMPONENTS].T

    untrained = ganzoo.generate(ganzoo.DCGAN(image_shape=(28, 28, 1)), 1000)
    run = ganzoo.train("dcgan", filters=32, epochs=5, run_dir=tmp_path / "run")
    trained = ganzoo.generate(run, 1000)

    floor = frechet_distance(train, test, basis)
    assert frechet_distance(trained, test, basis) < 0.2 * frechet_distance(untrained, test, basis)
    assert frechet_distance(trained, test, basis) > floor  # nobody beats the data itself
