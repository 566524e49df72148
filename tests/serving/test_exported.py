"""An export in place of its model: the same images, gradients, walks, sums and latents."""

import json
import shutil
import types

import keras
import numpy as np
import pytest
import tensorflow as tf

import ganzoo
from ganzoo.errors import InputError, ResourceError
from ganzoo.inference.sources import open_source
from ganzoo.serving import ExportedModel

pytestmark = pytest.mark.slow

LABELS = {"gan": None, "dcgan": None, "cgan": [2, 0]}


def close(images, others):
    np.testing.assert_allclose(images, others, atol=2e-5)


@pytest.mark.parametrize("name", LABELS)
def test_an_export_makes_the_images_of_its_model(exports, name):
    model, path, _ = exports(name)
    exported = ExportedModel(path)
    assert (exported.latent_shape, exported.image_shape) == ((4,), model.image_shape)
    assert exported.num_classes == getattr(model, "num_classes", None)
    assert exported.latent_space == model.prior
    seeds = [3, 2**40, 7]
    np.testing.assert_array_equal(exported.latents_of_seeds(seeds), model.latents_of_seeds(seeds))
    settings = {"seed": 5, "labels": LABELS[name], "truncation": 0.5}
    close(ganzoo.generate(path, 5, **settings), ganzoo.generate(model, 5, **settings))
    close(ganzoo.generate(str(path), 5), ganzoo.generate(model, 5))


@pytest.mark.parametrize("name", LABELS)
def test_an_export_is_walked_through_and_summed_as_its_model_is(exports, name, tmp_path):
    model, path, _ = exports(name)
    label = LABELS[name] and LABELS[name][:1]
    walks = [ganzoo.interpolate(s, [3, 17], steps=3, labels=label) for s in (path, model)]
    close(*walks)
    assert np.abs(walks[0][0] - walks[0][-1]).max() > 1e-3
    text = "mean(seeds 0-2) - seed 3 + 2 seed 4"
    ours, theirs = (ganzoo.arithmetic(source, text, labels=label) for source in (path, model))
    np.testing.assert_allclose(ours.latents, theirs.latents, atol=1e-6)
    close(ours.images, theirs.images)
    close(ours.neighbours, theirs.neighbours)


def test_gradients_pass_through_an_export(exports):
    model, path, _ = exports("cgan")
    z = model.latents_of_seeds([3, 4])
    gradients = []
    for source in (model, ExportedModel(path)):
        with tf.GradientTape() as tape:
            tape.watch(z)
            loss = tf.reduce_sum(source((z, np.array([2, 0])), training=False) ** 2)
        gradients.append(tape.gradient(loss, z).numpy())
    assert np.abs(gradients[0]).max() > 1e-3
    np.testing.assert_allclose(gradients[1], gradients[0], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("jit_compile", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_images_are_projected_onto_an_export(exports, jit_compile):
    model, path, _ = exports("dcgan", jit_compile)
    own = model.predict(model.latents_of_seeds([1000]), verbose=0)
    found = ganzoo.project(path, own, steps=100, restarts=2)
    assert found.psnr[0] > 35
    close(found.images, model.predict(found.latents, verbose=0))


def test_directions_are_kept_in_the_folder_of_an_export(exports, tmp_path):
    model, path, _ = exports("dcgan")
    folder = shutil.copytree(path, tmp_path / "served/faces/1")
    z = model.latents_of_seeds(range(50)).numpy()
    found = ganzoo.find_direction(folder, "first", z[:, 0])
    assert found.accuracy > 0.9
    result = ganzoo.arithmetic(folder, "seed 3 + 2 direction first")
    np.testing.assert_allclose(result.latents[0], z[3] + 2 * found.vector, atol=1e-5)


def test_what_an_export_cannot_do_is_one_line(exports, tmp_path):
    _, path, _ = exports("cgan")
    for message, command in {
        "single classes; for what lies between classes use": lambda: ganzoo.interpolate(
            path, [3], labels=[0, 2]
        ),
        r"Labels must be in 0 to num_classes - 1, 2\. Received: 3": lambda: ganzoo.generate(
            path, 1, labels=[3]
        ),
        "checkpoints are a run's. Received: 'best'": lambda: ganzoo.generate(
            path, 1, checkpoint="best"
        ),
        "cannot be trained": lambda: ExportedModel(path)(None, training=True),
    }.items():
        with pytest.raises(InputError, match=message) as error:
            command()
        assert "\n" not in str(error.value)


def test_exports_without_latents_are_refused(exports, tmp_path):
    _, translation, _ = exports("pix2pix")
    tf.saved_model.save(tf.Module(), str(tmp_path / "foreign"))
    _, path, _ = exports("dcgan")
    older = shutil.copytree(path, tmp_path / "older")
    (older / "assets.extra/ganzoo.json").unlink()
    for folder in (translation, tmp_path / "foreign", older):
        with pytest.raises(InputError, match=f"Only exports of models that sample.*{folder.name}'"):
            ganzoo.generate(folder, 1)


def test_damaged_exports_and_other_folders_are_refused(exports, tmp_path):
    _, path, _ = exports("dcgan")
    for damaged in ("saved_model.pb", "variables/variables.index", "assets.extra/ganzoo.json"):
        folder = shutil.copytree(path, tmp_path / damaged.replace("/", "-"))
        (folder / damaged).write_text("no")
        with pytest.raises(ResourceError, match=r"Not an intact SavedModel.*Received") as error:
            ganzoo.generate(folder, 1)
        assert "\n" not in str(error.value)
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ResourceError, match=r"Not a run folder.* nor .*an export.*VERSION"):
            open_source(folder)


@keras.saving.register_keras_serializable("test")
class OfUnknownNoise(ganzoo.DCGAN):
    """A model whose prior is none of ours."""

    prior = types.SimpleNamespace(
        mean=0.0, of_seeds=lambda seeds, size: tf.zeros((tf.size(seeds), size))
    )


def test_a_prior_that_is_none_of_ours_is_left_out(tmp_path):
    model = OfUnknownNoise((8, 8, 1), latent_dim=4, filters=2)
    model.export(tmp_path / "served")
    assert json.loads((tmp_path / "served/assets.extra/ganzoo.json").read_text())["prior"] is None
    assert ExportedModel(tmp_path / "served").latent_space is None
