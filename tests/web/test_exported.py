"""Pages without a server, in Debian's Chromium: they show what Keras computes."""

import base64
import functools
import http.server
import io
import os
import threading
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import ganzoo
from ganzoo.errors import InputError, ResourceError
from ganzoo.images.files import encoded
from ganzoo.images.ranges import to_uint8
from ganzoo.inference.interpolation import in_square
from ganzoo.layers import Maxout, PixelShuffle, SpectralConv2D, SpectralDense, UntiedBias
from ganzoo.models.base import GANModel
from ganzoo.web import exported_networks
from ganzoo.web.network import browser_network

pytestmark = pytest.mark.slow

RUNTIME = os.environ.get("GANZOO_ONNXRUNTIME_WEB")
ANSWER = """
    const [path, values, upload, done] = arguments;
    (async () => {
      const bytes = upload && Uint8Array.from(atob(upload), (character) => character.charCodeAt(0));
      const body = upload && new Blob([bytes]);
      const made = await window.exported.picture(path, values, body);
      const reader = new FileReader();
      reader.onload = () => done([reader.result, made.command, made.python]);
      reader.readAsDataURL(made.blob);
    })().catch((error) => done([error.message]));
"""
NETWORK = """
    const [steps, weights, inputs] = arguments;
    const bytes = Uint8Array.from(atob(weights), (character) => character.charCodeAt(0));
    for (const input of Object.values(inputs)) input.values = Float32Array.from(input.values);
    const made = new Network(steps, bytes).run(inputs);
    return [Array.from(made.values), made.shape];
"""


@pytest.fixture
def opened(browser, screenshot, request):
    """Opens an exported page; afterwards nothing may have gone wrong or been asked of any host."""

    def open_page(address):
        browser.get(address)
        return browser

    yield open_page
    screenshot(request.node.name.replace("/", "-"))
    addresses = browser.execute_script(
        "return performance.getEntriesByType('resource').map(entry => entry.name)"
    )
    assert all(each.startswith(("blob:", "data:", "http://127.0.0.1:")) for each in addresses)
    assert browser.get_log("browser") == []
    browser.get("about:blank")


def asked(browser, path, values, upload=None):
    """Returns the picture that the page's script makes, the command, and the Python call."""
    answer = browser.execute_async_script(ANSWER, path, values, upload)
    assert len(answer) == 3, answer
    content = base64.b64decode(answer[0].partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int), *answer[1:]


def row(images):
    return np.concatenate(np.broadcast_to(to_uint8(images), (*images.shape[:3], 3)), axis=1)


def wait_for(browser, condition):
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, 60).until(lambda _: condition())


@pytest.mark.parametrize("run", ["dcgan/sample", "cdcgan/sample", "bigan/sample", "gan/sample"])
def test_one_file_shows_the_images_of_keras_within_a_level(run, opened, tmp_path):
    folder = ganzoo.export_page(run, tmp_path / "page")
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "index.html"]
    browser = opened((folder / "index.html").as_uri())
    model = ganzoo.load_run(run)
    label = 3 if hasattr(model, "num_classes") else None
    labels = {} if label is None else {"labels": [label]}
    conditions = {"label": label, "step": None}
    seeds = [0, 1, 2**32 + 7, 2**53 - 1]
    shown, *_ = asked(browser, "/wall.png", {"seeds": ",".join(map(str, seeds)), **conditions})
    expected = row(np.concatenate([ganzoo.generate(run, 1, seed=s, **labels) for s in seeds]))
    assert np.abs(shown - expected).max() <= 1 and expected.std() > 20
    shown, command, python = asked(
        browser, "/image.png", {"seed": 5, "truncation": 0.5, **conditions}
    )
    expected = row(eval(python.replace(', output="5.png"', ""), {"ganzoo": ganzoo}))
    assert np.abs(shown - expected).max() <= 1
    assert command.startswith(f"ganzoo generate {run} -n 1 --seed 5")
    shown, _, python = asked(
        browser, "/pad.png", {"seeds": "4,9,2,7", "x": "0.3", "y": "0.8", **conditions}
    )
    expected = row(eval(python.replace(', output="place.png"', ""), {"ganzoo": ganzoo}))
    assert np.abs(shown - expected).max() <= 1
    latents = in_square(
        np.asarray(model.latents_of_seeds(np.array([4, 9, 2, 7]))), [0.8], [0.3],
        model.latent_space.path,
    )  # fmt: skip
    inputs = latents if label is None else (latents, np.array([label]))
    assert np.abs(row(np.asarray(model(inputs))) - expected).max() == 0


def test_another_changes_the_picture_and_back_restores_it(opened, tmp_path):
    folder = ganzoo.export_page("dcgan/sample", tmp_path / "page")
    browser = opened((folder / "index.html").as_uri() + "?seed=17")
    source = "return document.querySelector('#pictures img').naturalWidth && %s"
    seed = "document.getElementById('seed').value"
    wait_for(browser, lambda: browser.execute_script(source % seed) == "17")
    browser.find_element("id", "another").click()
    wait_for(browser, lambda: browser.execute_script(source % seed) != "17")
    assert "seed=17" not in browser.current_url
    browser.back()
    wait_for(browser, lambda: browser.execute_script(source % seed) == "17")
    assert browser.find_element("id", "message").text == ""
    assert not browser.find_element("id", "nearest").is_displayed()  # it needs the data


@pytest.mark.parametrize(
    ("run", "size"), [("pix2pix/sample", (32, 32)), ("cyclegan/sample", (30, 37))]
)
def test_one_file_translates_as_keras_does(run, size, opened, tmp_path):
    folder = ganzoo.export_page(run, tmp_path / "page", examples=2)
    browser = opened((folder / "index.html").as_uri())
    wait_for(browser, lambda: browser.find_elements("css selector", "#outputs img[src]"))
    model = ganzoo.load_run(run)
    image = np.random.default_rng(0).integers(0, 2, (*size, 1)).astype(np.uint8) * 255
    upload = base64.b64encode(encoded(image)).decode()
    for direction in model.directions:
        shown, command, _ = asked(
            browser, "/api/translate", {"direction": direction, "seed": 5}, upload
        )
        expected = row(model.translate(np.float32(image[None]) / 127.5 - 1, direction, 5))
        assert np.abs(shown - expected).max() <= 1 and expected.std() > 20
        assert f"--direction {direction}" in command


def test_a_stroke_on_an_exported_page_changes_the_translation(opened, tmp_path):
    from selenium import webdriver

    folder = ganzoo.export_page("pix2pix/sample", tmp_path / "page")
    browser = opened((folder / "index.html").as_uri())
    count = "return document.querySelector('#outputs img').dataset.count || 0"
    wait_for(browser, lambda: int(browser.execute_script(count)) == 1)
    before = browser.execute_script("return document.querySelector('#outputs img').src")
    drawing = browser.find_element("id", "drawing")
    actions = webdriver.ActionChains(browser, duration=50)
    actions.move_to_element(drawing).click_and_hold().move_by_offset(80, 50).release().perform()
    wait_for(browser, lambda: int(browser.execute_script(count)) > 1)
    assert browser.execute_script("return document.querySelector('#outputs img').src") != before


def layers_of_all_kinds():
    """A network of the layers, and the settings, that the shipped runs above do not have."""
    images = keras.Input((9, 8, 3), name="images")
    x = SpectralConv2D(8, 3, 2)(images)
    x = keras.layers.Conv2D(8, 2, padding="valid", activation="relu")(x)
    x = keras.layers.UpSampling2D((2, 3))(x)
    x = keras.layers.Cropping2D(((1, 0), (0, 2)))(x)
    x = keras.layers.Conv2DTranspose(8, 2, 3, "valid", activation="sigmoid")(x)
    x = keras.layers.Multiply()(
        [x, keras.layers.Reshape((1, 1, 8))(keras.layers.Dense(8)(keras.layers.Flatten()(images)))]
    )
    x = keras.layers.Add()([x, x])
    x = keras.layers.BatchNormalization(scale=False)(PixelShuffle()(x))
    x = Maxout(2)(x)
    x = UntiedBias()(keras.layers.ZeroPadding2D(1)(x))
    return keras.Model(images, SpectralDense(2)(x) * 2.0 - 1.0)


def test_layers_that_few_networks_have_are_keras_s(opened, tmp_path, varied):
    browser = opened(
        (ganzoo.export_page("dcgan/sample", tmp_path / "page") / "index.html").as_uri()
    )
    network = layers_of_all_kinds()
    varied(network, 1.0)
    image = np.random.default_rng(0).normal(size=(9, 8, 3)).astype(np.float32)
    made = browser_network(network, (9, 8, 3), np.float32)
    inputs = {"images": {"values": image.ravel().tolist(), "shape": list(image.shape)}}
    weights = base64.b64encode(made.weights).decode()
    values, shape = browser.execute_script(NETWORK, made.steps, weights, inputs)
    expected = network(image[None])[0].numpy()
    assert tuple(shape) == expected.shape and expected.std() > 0.1
    np.testing.assert_allclose(np.reshape(values, shape), expected, rtol=1e-4, atol=1e-4)


def test_what_a_page_cannot_show_is_refused_in_one_line(web_run, exports, tmp_path, monkeypatch):
    target = tmp_path / "page"
    inputs = keras.Input((4, 4, 1))
    network = keras.Model(inputs, keras.layers.MaxPooling2D()(inputs))
    with pytest.raises(InputError, match=r"no such layer; name a folder.*: MaxPooling2D"):
        browser_network(network, (4, 4, 1))
    network = keras.Model(inputs, keras.layers.Dense(2, activation="gelu")(inputs))
    with pytest.raises(InputError, match="Dense with activation='gelu'"):
        browser_network(network, (4, 4, 1))
    _, path, _ = exports("cgan")
    with pytest.raises(InputError, match="of a run, not of an export"):
        ganzoo.export_page(path, target)
    with pytest.raises(ResourceError, match="Not a folder of onnxruntime-web"):
        ganzoo.export_page("dcgan/sample", target, runtime=tmp_path)
    with pytest.raises(InputError, match=r"0 to 64 examples\. Received: 65"):
        ganzoo.export_page("pix2pix/sample", target, examples=65)
    monkeypatch.setattr(exported_networks, "MOST_OPERATIONS", 10**6)
    with pytest.raises(InputError, match="1 million multiplications an image; name a folder"):
        ganzoo.export_page("dcgan/sample", target)
    assert not target.exists()
    target.mkdir()
    with pytest.raises(ResourceError, match="Cannot export over something"):
        ganzoo.export_page("dcgan/sample", target)


def test_kernels_that_float16_would_change_stay_float32(web_run, monkeypatch):
    model: GANModel = ganzoo.load_run(web_run("cdcgan").folder)
    (halves,) = exported_networks.own_networks(model).values()
    model.samplers[0].set_weights([1e5 * each for each in model.samplers[0].get_weights()])
    (full,) = exported_networks.own_networks(model).values()
    stored = [step["kernel"]["half"] for step in halves.steps if "kernel" in step]
    assert all(stored) and len(full.weights) > 1.9 * len(halves.weights)


@pytest.mark.skipif(not RUNTIME, reason="GANZOO_ONNXRUNTIME_WEB names no onnxruntime-web folder")
@pytest.mark.parametrize("run", ["cdcgan/sample", "pix2pix/sample", "cyclegan/sample"])
def test_a_folder_with_onnxruntime_shows_what_keras_computes(run, opened, tmp_path):
    folder = ganzoo.export_page(run, tmp_path / "page", runtime=Path(RUNTIME))
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        browser = opened(f"http://127.0.0.1:{server.server_port}/index.html")
        model = ganzoo.load_run(run)
        if hasattr(model, "translate"):
            image = np.random.default_rng(0).integers(0, 256, (30, 37, 1)).astype(np.uint8)
            upload = base64.b64encode(encoded(image)).decode()
            shown, *_ = asked(browser, "/api/translate", {"direction": "ab", "seed": 5}, upload)
            expected = row(model.translate(np.float32(image[None]) / 127.5 - 1, "ab", 5))
        else:
            shown, *_ = asked(browser, "/wall.png", {"seeds": "0,9", "label": 3, "step": None})
            expected = row(
                np.concatenate([ganzoo.generate(run, 1, seed=s, labels=[3]) for s in (0, 9)])
            )
        assert np.abs(shown - expected).max() <= 1 and expected.std() > 20
        server.shutdown()
