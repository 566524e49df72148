"""Runs that are evaluated, while they train and after; and the best checkpoint."""

import json
import shutil

import keras
import numpy as np
import pytest
from PIL import Image

import ganzoo
from ganzoo.callbacks import Checkpoints, KeepBest, best_checkpoint
from ganzoo.errors import InputError, ResourceError
from ganzoo.runs.folder import open_run
from ganzoo.saving.checkpoint_folders import checkpoints

pytestmark = pytest.mark.slow

SETTINGS = {
    "image_size": 16, "latent_dim": 4, "generator_units": 8, "maxout_units": 4, "batch_size": 50,
    "sample_count": 4, "evaluate_every": 4, "evaluate_metrics": "fid, kid", "evaluate_images": 40,
}  # fmt: skip


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A `.keras` file of a small extractor."""
    path = tmp_path_factory.mktemp("network") / "small.keras"
    layers = [keras.layers.AveragePooling2D(4), keras.layers.Flatten(), keras.layers.Dense(8)]
    keras.Sequential([keras.layers.Input((16, 16, 1)), *layers]).save(path)
    return str(path)


@pytest.fixture(scope="module", autouse=True)
def in_a_cache_of_its_own(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANZOO_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def run(network, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "run"
    return ganzoo.train("gan", run_dir=folder, steps=10, evaluate_extractor=network, **SETTINGS)


def test_training_is_evaluated_and_its_figures_are_those_of_evaluate(run, network):
    recorded = json.loads((run / "metrics.json").read_text())
    assert [(entry["step"], entry["metric"]) for entry in recorded] == [
        (4, "fid"), (4, "kid"), (8, "fid"), (8, "kid"),
    ]  # fmt: skip
    best = best_checkpoint(run / "checkpoints")
    at_best = [e["values"] for e in recorded if best.name.endswith(f"{e['step']:08d}")]
    results = ganzoo.evaluate(
        run, ["fid", "kid"], num_images=40, extractor=network, checkpoint="best"
    )
    assert [result.values for result in results] == [pytest.approx(v, rel=1e-5) for v in at_best]
    assert len(json.loads((run / "metrics.json").read_text())) == 4  # the same, measured again
    assert list((run / "tensorboard/metrics").iterdir())


def test_samples_are_shown_beside_their_nearest_training_images(run, tmp_path):
    copy = shutil.copytree(run, tmp_path / "copy")
    (result,) = ganzoo.evaluate(copy, ["memorisation"], num_images=20)
    assert 0 <= result.value <= 1
    with Image.open(copy / "neighbours.png") as picture:
        assert picture.width < picture.height  # ten rows of six


def test_a_run_that_was_cut_finds_the_same_best_checkpoint(run, network, tmp_path):
    again = tmp_path / "again"
    ganzoo.train("gan", run_dir=again, steps=5, evaluate_extractor=network, **SETTINGS)
    ganzoo.resume(again, steps=10)
    for name in ("metrics.json", "checkpoints/best.json"):
        assert (again / name).read_bytes() == (run / name).read_bytes()


@pytest.mark.eager
def test_a_run_without_evaluation_has_no_best_checkpoint(tmp_path):
    settings = SETTINGS | {"evaluate_every": None}
    plain = ganzoo.train("gan", run_dir=tmp_path / "plain", steps=1, **settings)
    with pytest.raises(ResourceError, match=r"has no best checkpoint: it was not evaluated in tr"):
        ganzoo.load_run(plain, "best")
    with pytest.raises(InputError, match="Unknown checkpoint; did you mean 'newest'"):
        ganzoo.load_run(plain, "newst")


def test_metrics_and_extractors_are_checked_before_there_is_a_run(tmp_path):
    for wrong, message in (
        ({"evaluate_metrics": "fid,kidd"}, "did you mean 'kid'"),
        ({"evaluate_extractor": "incepton"}, "did you mean 'inception'"),
        ({"evaluate_extractor": "none.keras"}, "There is no such model"),
    ):
        with pytest.raises((InputError, ResourceError), match=message):
            ganzoo.train("gan", run_dir=tmp_path / "run", steps=1, **SETTINGS | wrong)
    assert not (tmp_path / "run").exists()


@pytest.mark.eager
@pytest.mark.parametrize(
    ("values", "higher", "expected"),
    [
        ([3.0, 1.0, 2.0, 4.0], False, ["step-00000002", "step-00000004"]),
        ([3.0, 1.0, 2.0, 4.0], True, ["step-00000004"]),
        ([3.0, np.nan, 2.0, 5.0], False, ["step-00000003", "step-00000004"]),
    ],
)
def test_the_best_checkpoint_stays_beside_the_newest(values, higher, expected, tmp_path, caplog):
    caplog.set_level("INFO", logger="ganzoo")
    model = ganzoo.GAN(image_shape=(4, 4, 1), latent_dim=2, generator_units=2, maxout_units=2)
    model.compile()
    figures = iter(values)
    best = KeepBest(lambda _: next(figures), 1, higher, name="figure")
    saved = Checkpoints(tmp_path, every_steps=1, keep=1, best=best)
    data = np.zeros((16, 4, 4, 1), "float32")
    model.fit(data, batch_size=4, callbacks=[best, saved], verbose=0)
    assert [path.name for path in checkpoints(tmp_path)] == expected
    assert "Step 1: figure 3, the best (" in caplog.text
    assert "% of the time so far)" in caplog.text


def test_figures_that_are_damaged_are_named(run, tmp_path):
    copy = tmp_path / "run"
    copy.mkdir()
    (copy / "config.yaml").write_bytes((run / "config.yaml").read_bytes())
    (copy / "metrics.json").write_text('[{"step": 3}]')
    with pytest.raises(ResourceError, match=r"Not what ganzoo wrote: .*metrics\.json"):
        open_run(copy).results()
