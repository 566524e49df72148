"""`files/*.pth` were saved by the official PyTorch code, of small networks with random weights, and
`outputs.npz` has what its networks answer: `x` through `cyc_G`, `p2p_G` (without dropout) and
`cyc_D` is `cyc`, `p2p` and `d`; `z` through `dc_G` is `dc`; channels come second."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

import ganzoo
from ganzoo.errors import InputError, ResourceError
from ganzoo.saving.pth import read_pth
from ganzoo.saving.safetensors import write_safetensors

pytestmark = pytest.mark.slow

FILES = Path(__file__).parent / "files"
IMPORTS = {  # file -> model, settings, the names of inputs and outputs
    "cyc_G": ("cyclegan", {"image_size": 64}, ("x", "cyc")),
    "cyc_G_old": ("cyclegan", {"image_size": 64}, ("x", "cyc")),
    "p2p_G": ("pix2pix", {"image_size": 64, "dropout": 0.0}, ("x", "p2p")),
    "dc_G": ("dcgan", {}, ("z", "dc")),
}


@pytest.fixture(scope="module")
def originals():
    with np.load(FILES / "outputs.npz") as file:
        return {k: v.transpose(0, 2, 3, 1) if v.ndim == 4 else v for k, v in file.items()}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("imported")
    return {
        name: ganzoo.import_weights(
            FILES / f"{name}.pth", model, run_dir=folder / name,
            verify_with=FILES / "outputs.npz", arrays=arrays, **settings,
        )
        for name, (model, settings, arrays) in IMPORTS.items()
    }  # fmt: skip


def answers(model, inputs):
    return np.array(model(inputs, training=False))


@pytest.mark.parametrize("name", IMPORTS)
def test_an_imported_network_answers_as_the_original(runs, originals, name):
    *_, (given, expected) = IMPORTS[name]
    model = ganzoo.load_run(runs[name])
    np.testing.assert_allclose(
        answers(model, originals[given]), originals[expected], rtol=0, atol=1e-5
    )


@pytest.mark.parametrize(
    "name", ["cyc_G", *(pytest.param(name, marks=pytest.mark.slow) for name in ("p2p_G", "dc_G"))]
)
def test_its_export_answers_as_the_original(runs, originals, name, tmp_path):
    *_, (given, expected) = IMPORTS[name]
    folder = ganzoo.export(runs[name], tmp_path, name="model")
    served = tf.saved_model.load(str(folder)).signatures["serving_default"]
    arguments = dict.fromkeys(served.structured_input_signature[1], originals[given])
    arguments |= {"seeds": np.zeros(1, np.int64)} if "seeds" in arguments else {}
    found = served(**{name: tf.constant(value) for name, value in arguments.items()})
    (images,) = [v for v in found.values() if v.shape == originals[expected].shape]
    np.testing.assert_allclose(images, originals[expected], rtol=0, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cyc_G", "p2p_G", "dc_G"])
def test_its_onnx_file_answers_as_the_original(runs, originals, name, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime", reason="keras-ganzoo[onnx] is not installed")
    *_, (given, expected) = IMPORTS[name]
    folder = ganzoo.export(runs[name], tmp_path, name="model", format="onnx")
    found = {}
    for path in folder.glob("*.onnx"):
        session = onnxruntime.InferenceSession(path)
        inputs = {each.name: originals[given] for each in session.get_inputs()}
        inputs |= {"seeds": np.zeros(1, np.int64)} if "seeds" in inputs else {}
        for output, values in zip(session.get_outputs(), session.run(None, inputs), strict=True):
            if values.shape == originals[expected].shape:
                found[f"{path.stem}/{output.name}"] = values
    assert found
    for images in found.values():
        np.testing.assert_allclose(images, originals[expected], rtol=0, atol=1e-5)


def test_sizes_follow_from_the_shapes_of_the_weights(runs):
    assert ganzoo.load_run(runs["cyc_G"]).get_config().items() >= {
        "filters": 8, "blocks": 2, "padding": "near", "image_shape": (64, 64, 3),
    }.items()  # fmt: skip
    assert ganzoo.load_run(runs["p2p_G"]).get_config().items() >= {
        "filters": 8, "depth": 6, "input_channels": 3, "dropout_levels": (2,),
    }.items()  # fmt: skip
    assert ganzoo.load_run(runs["dc_G"]).get_config().items() >= {
        "filters": 8, "latent_dim": 10, "kernel_size": 4, "image_shape": (64, 64, 3),
    }.items()  # fmt: skip


def test_a_run_says_which_tensors_became_no_weights(runs):
    (file,) = json.loads((runs["dc_G"] / "imported.json").read_text())
    assert file["ignored"] == [f"main.{n}.num_batches_tracked" for n in (1, 4, 7, 10)]
    assert file["network"] == "generator"
    assert file["file"] == "dc_G.pth"


def test_one_generator_translates_in_one_direction(runs, originals, tmp_path):
    model = ganzoo.load_run(runs["cyc_G"])
    with pytest.raises(InputError, match=r"Unknown direction.*Choose from: ab\. Received: 'ba'"):
        model.translate(originals["x"], "ba")
    (grid,) = model.sample_images((originals["x"], originals["x"])).values()
    assert grid.shape == (1, 64, 128, 3)  # an image and its translation
    signatures = tf.saved_model.load(str(ganzoo.export(runs["cyc_G"], tmp_path))).signatures
    assert not [name for name in signatures if "ba" in name]


def test_a_run_that_lacks_networks_is_not_trained(runs):
    message = "lacks its generator_ba, discriminator_a, discriminator_b"
    before = sorted(runs["cyc_G"].rglob("[!.]*"))
    with pytest.raises(InputError, match=message):
        ganzoo.resume(runs["cyc_G"], steps=1)
    assert sorted(runs["cyc_G"].rglob("[!.]*")) == before


@pytest.mark.eager
def test_four_files_go_on_training(originals, tmp_path):
    for end, name in (("G_A", "cyc_G"), ("G_B", "cyc_G_old"), ("D_A", "cyc_D"), ("D_B", "cyc_D")):
        shutil.copy(FILES / f"{name}.pth", tmp_path / f"latest_net_{end}.pth")
    run = ganzoo.import_weights(
        sorted(tmp_path.glob("*.pth")), "cyclegan", run_dir=tmp_path / "run", image_size=24,
        dataset="sample", pool_size=2, steps=1, batch_size=1,
    )  # fmt: skip
    model = ganzoo.load_run(run)
    assert model.directions == ("ab", "ba")
    scores = np.array(model.discriminator_b(originals["x"], training=False))
    np.testing.assert_allclose(scores, originals["d"], rtol=0, atol=1e-5)
    ganzoo.resume(run)
    trained = ganzoo.load_run(run)
    assert int(trained.step.numpy()) == 1
    first, now = (m.generator_ab.get_weights()[0] for m in (model, trained))
    assert 0 < np.abs(now - first).max() <= 2.1e-4  # a step of Adam, from the imported weights


def test_a_discriminator_of_the_authors_named_a_judges_images_of_b(tmp_path):
    from ganzoo.weights.finding import find_networks

    shutil.copy(FILES / "cyc_G.pth", tmp_path / "latest_net_G_A.pth")
    shutil.copy(FILES / "cyc_D.pth", tmp_path / "latest_net_D_A.pth")
    found = find_networks(sorted(tmp_path.glob("*.pth")), "cyclegan")
    assert {f.path.stem: f.network for f in found} == {
        "latest_net_G_A": "generator_ab",
        "latest_net_D_A": "discriminator_b",
    }


def test_a_checkpoint_of_several_state_dicts_gives_the_moving_average(originals, tmp_path):
    state = read_pth(FILES / "dc_G.pth")
    noise = {name: values + 1 for name, values in state.items()}
    write_safetensors(
        tmp_path / "both.safetensors",
        {f"G.module.{k}": v for k, v in noise.items()}
        | {f"G_ema.module.{k}": v for k, v in state.items()}
        | {"optimizer.state": np.zeros(3, np.float32)},
    )
    run = ganzoo.import_weights(tmp_path / "both.safetensors", "dcgan", run_dir=tmp_path / "run")
    np.testing.assert_allclose(
        answers(ganzoo.load_run(run), originals["z"]), originals["dc"], rtol=0, atol=1e-5
    )


def changed(tmp_path, name, **tensors):
    """Writes a file with some tensors replaced, or removed where they are None."""
    state = read_pth(FILES / f"{name}.pth") | tensors
    path = tmp_path / f"{name}.safetensors"
    write_safetensors(path, {k: v for k, v in state.items() if v is not None})
    return path


NAN = np.full((8,), np.nan, np.float32)
BAD = {
    "a module and not its weights": (
        lambda _: (FILES / "whole.pth", "cyclegan"), "it asks for torch.nn.modules.linear.Linear"
    ),
    "weights of another model": (
        lambda _: (FILES / "dc_G.pth", "cyclegan"), r"no layout of 'cyclegan'.*It fits 'dcgan'"
    ),
    "weights of nothing known": (
        lambda _: (FILES / "bf16.pth", "dcgan"), "it has no main.0.weight"
    ),
    "an unknown model": (lambda _: (FILES / "dc_G.pth", "gan"), "Unknown model of weights"),
    "a tensor too many": (
        lambda folder: (
            changed(folder, "dc_G", **{"main.99.weight": np.zeros((2, 2), np.float32)}), "dcgan"
        ),
        "nothing here takes its main.99.weight",
    ),
    "a tensor too few": (
        lambda folder: (changed(folder, "dc_G", **{"main.4.bias": None}), "dcgan"),
        "it has no main.4.bias",
    ),
    "a tensor of another shape": (
        lambda folder: (
            changed(folder, "dc_G", **{"main.4.bias": np.zeros(31, np.float32)}), "dcgan"
        ),
        "do not fit the model's generator",
    ),
    "weights that are NaN": (
        lambda folder: (changed(folder, "dc_G", **{"main.10.bias": NAN}), "dcgan"),
        "Weights are NaN or infinite: main.10.bias",
    ),
    "a discriminator alone": (
        lambda _: ({"discriminator_b": FILES / "cyc_D.pth"}, "cyclegan"),
        "A generator must be among the files",
    ),
    "a discriminator of which nobody says whose": (
        lambda _: ([FILES / "cyc_G.pth", FILES / "cyc_D.pth"], "cyclegan"), "Which network it is"
    ),
    "two files for one network": (
        lambda _: ([FILES / "dc_G.pth", FILES / "dc_G.pth"], "dcgan"),
        "Two files hold the network generator",
    ),
    "a network that the model has not": (
        lambda _: ({"generator_b": FILES / "cyc_G.pth"}, "cyclegan"), "Unknown network of cyclegan"
    ),
}  # fmt: skip


@pytest.mark.parametrize("files, message", BAD.values(), ids=BAD)
def test_bad_files_are_one_line_and_make_no_run(files, message, tmp_path):
    path, model = files(tmp_path)
    with pytest.raises(InputError, match=message) as raised:
        ganzoo.import_weights(path, model, run_dir=tmp_path / "run")
    assert "\n" not in str(raised.value)
    assert "Received: " in str(raised.value)
    assert not (tmp_path / "run").exists()


def test_settings_that_shapes_contradict_are_refused(tmp_path):
    for name, model, settings, message in (
        ("cyc_G", "cyclegan", {"filters": 16}, "say filters=8. Received: 16"),
        ("dc_G", "dcgan", {"image_size": 32}, "make images of 64x64 pixels"),
        ("cyc_G", "cyclegan", {"filtres": 16}, "did you mean 'filters'"),
    ):
        with pytest.raises(InputError, match=message):
            ganzoo.import_weights(FILES / f"{name}.pth", model, run_dir=tmp_path / "r", **settings)


def test_outputs_that_differ_from_the_originals_make_no_run(tmp_path):
    with pytest.raises(InputError, match=r"must be the original's to 0\.0001; they differ by"):
        ganzoo.import_weights(
            FILES / "cyc_G.pth", "cyclegan", run_dir=tmp_path / "run", image_size=64,
            verify_with=FILES / "outputs.npz", arrays=("x", "p2p"),
        )  # fmt: skip
    with pytest.raises(InputError, match="must have the arrays inputs and outputs, it has x, cyc"):
        ganzoo.import_weights(
            FILES / "cyc_G.pth", "cyclegan", run_dir=tmp_path / "run",
            verify_with=FILES / "outputs.npz",
        )  # fmt: skip
    with pytest.raises(ResourceError, match=r"Not an \.npz file"):
        ganzoo.import_weights(
            FILES / "cyc_G.pth", "cyclegan", run_dir=tmp_path / "run",
            verify_with=__file__,
        )  # fmt: skip
    assert not (tmp_path / "run").exists()


def test_a_run_without_data_says_so_where_data_is_needed(runs):
    with pytest.raises(InputError, match="The run names no data"):
        ganzoo.evaluate(runs["dc_G"])
