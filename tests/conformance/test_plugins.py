"""Models of other packages keep the laws: the documented one, and those of `example_plugin`."""

import re
import sys
import types
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from example_plugin.mapping_gan import MappingGAN
from example_plugin.stereo_gan import StereoGAN

import ganzoo
from ganzoo import registry
from ganzoo.errors import InputError
from ganzoo.testing import ModelLaws, SlowModelLaws

pytestmark = pytest.mark.slow

DOCUMENT = Path(__file__).parents[2] / "docs/adding_a_model.md"


def documented(name):
    """Returns a module of the first Python block of the document, which is a whole model."""
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.S)[1]
    module = types.ModuleType(name)
    exec(compile(code, str(DOCUMENT), "exec"), module.__dict__)
    return module


class TestTheDocumentedWGANGP(ModelLaws, SlowModelLaws):
    model = documented("wgan_gp").WGANGP
    arguments = {"image_shape": (8, 8, 1), "latent_dim": 4, "filters": 2}
    batch_size = 2


class TestMappingGAN(ModelLaws, SlowModelLaws):
    model = MappingGAN
    arguments = {
        "image_shape": (4, 6, 1), "latent_dim": 4, "w_dim": 3, "units": 5,
        "moving_average_half_life": 10.0, "moving_average_ramp": 0.5,
    }  # fmt: skip


class TestStereoGAN(ModelLaws, SlowModelLaws):
    model = StereoGAN
    arguments = {"image_shape": (4, 6, 1), "latent_dim": 4, "units": 5}


FAST = {
    "image_size": 8, "batch_size": 16, "sample_count": 4, "log_every": 1, "sample_every": 2,
    "latent_dim": 4,
}  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory, eagerly):
    """The run of a model that is registered in this process, as by a script, for the module."""
    folder = tmp_path_factory.mktemp("runs") / "mapping"
    with eagerly(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_targets", dict(registry._targets))
        ganzoo.register_model("mapping_gan", MappingGAN)
        settings = FAST | {"w_dim": 3, "units": 16, "learning_rate": 0.01}
        ganzoo.train("mapping_gan", run_dir=folder, steps=4, evaluate_every=None, **settings)
        yield folder


def test_commands_on_latents_act_on_the_latents_that_the_model_states(trained, tmp_path):
    images = ganzoo.generate(trained, 4)
    assert np.ptp(images, axis=0).max() > 0
    means = ganzoo.generate(trained, 4, truncation=0.0)
    np.testing.assert_allclose(means, means[:1].repeat(4, 0), atol=1e-6)

    model = ganzoo.load_run(trained)
    start, end = model.latents_of_seeds([0, 1]).numpy()
    walk = np.stack([start + share * (end - start) for share in (0.0, 0.5, 1.0)])
    frames = ganzoo.interpolate(trained, [0, 1], steps=2)
    np.testing.assert_allclose(frames.reshape(-1, 8, 8, 1)[:3], model.predict(walk), atol=1e-5)

    found = ganzoo.project(trained, images[:1], steps=20)
    assert found.latents.shape == (1, 3)
    assert found.psnr[0] > 20


@pytest.mark.slow
def test_an_export_truncates_the_latents_that_the_model_states(trained, tmp_path):
    ganzoo.export(trained, tmp_path / "served")
    export = next((tmp_path / "served").glob("*/*/saved_model.pb")).parent
    for truncation in (1.0, 0.5):
        right = ganzoo.generate(trained, 4, truncation=truncation)
        np.testing.assert_allclose(
            ganzoo.generate(export, 4, truncation=truncation), right, atol=1e-4
        )


def test_a_run_whose_model_is_not_registered_says_what_registers_it(trained, monkeypatch):
    monkeypatch.delitem(registry._targets, "mapping_gan")
    words = r"'mapping_gan' is registered by example_plugin\.mapping_gan, which is not imported"
    for open_run in (ganzoo.load_run, ganzoo.resume, ganzoo.generate):
        with pytest.raises(InputError, match=words) as raised:
            open_run(trained)
        assert "config.yaml" in str(raised.value) and "\n" not in str(raised.value)


class WeightsAtFirst(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.encoder = self.model.encoder.get_weights()
        self.generator = self.model.generator.get_weights()


@pytest.mark.eager
def test_an_encoder_comes_with_the_run_that_another_begins_with(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_targets", dict(registry._targets))
    ganzoo.register_model("stereo_gan", StereoGAN)
    views = np.random.default_rng(0).integers(0, 256, (2, 32, 8, 8, 1), np.uint8)
    np.savez(tmp_path / "views.npz", left=views[0], right=views[1])
    data = str(tmp_path / "views.npz")
    first, second = tmp_path / "first", tmp_path / "second"
    ganzoo.train("stereo_gan", data, run_dir=first, steps=2, **FAST)
    began = WeightsAtFirst()
    ganzoo.train(
        "stereo_gan", data, run_dir=second, steps=1, **FAST, init_from=str(first),
        more_callbacks=[began],
    )  # fmt: skip
    model = ganzoo.load_run(first)
    for mine, right in ((began.encoder, model.encoder), (began.generator, model.generator)):
        for weight, value in zip(mine, right.get_weights(), strict=True):
            np.testing.assert_array_equal(weight, value)
    with pytest.raises(InputError, match=r"the part 'images' of a batch.*with left, right"):
        ganzoo.evaluate(first)
