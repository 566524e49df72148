"""Small runs that were never trained, the page of one as a client asks it, and a browser."""

import os
from pathlib import Path

import pytest
from werkzeug.test import Client

from ganzoo import load_config
from ganzoo.runs.folder import Run
from ganzoo.runs.loading import create_from_config
from ganzoo.saving.checkpoints import save_checkpoint
from ganzoo.web.app import Page
from ganzoo.web.shown import Shown

HOST = "127.0.0.1:8000"
CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--window-size=1200,1400",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)  # fmt: skip
SETTINGS = {
    "cdcgan": {"filters": 2},
    "pix2pix": {"filters": 2},
    "cyclegan": {"filters": 2, "blocks": 1, "image_size": 24},
}


@pytest.fixture(scope="session")
def web_run(tmp_path_factory, varied):
    """Makes a run by the name of its model, once, with checkpoints of the steps 0 and 3."""
    folder, made = tmp_path_factory.mktemp("runs"), {}

    def run(name):
        if name not in made:
            config = load_config(name, **SETTINGS[name])
            model = create_from_config(config)
            made[name] = Run(folder / name)
            made[name].folder.mkdir()
            made[name].write_config(config)
            save_checkpoint(model, made[name].checkpoints)
            varied(model, 3.0)
            for average, network in zip(model.generator_averages, model.generators, strict=False):
                average.set_weights(network.get_weights())
            model.step.assign(3)
            save_checkpoint(model, made[name].checkpoints)
            made[name].write_status(3, "finished")
            if name == "cdcgan":
                made[name].write_class_names([f"garment {i}" for i in range(10)])
        return made[name]

    return run


@pytest.fixture(scope="session")
def page(web_run):
    """Returns the page of a run, made once."""
    made = {}

    def of(*names):
        if names not in made:
            made[names] = Page([Shown(web_run(name).folder) for name in names], {HOST})
        return made[names]

    return of


@pytest.fixture(scope="session")
def client(page):
    """Returns a client of the page of some runs, which asks as a browser there does."""

    def of(*names):
        return Client(page(*names))

    return of


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Debian's Chromium, driven by Selenium; skips where either is not installed."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="keras-ganzoo[test] brings it")
    from selenium.webdriver.chrome.service import Service

    if not (CHROMIUM.exists() and DRIVER.exists()):
        pytest.skip("Debian's packages chromium and chromium-driver are not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SE_OFFLINE", "true")
        patch.setenv("SE_AVOID_STATS", "true")
        options = webdriver.ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
        driver.set_script_timeout(60)
        yield driver
        driver.quit()


@pytest.fixture
def screenshot(browser, tmp_path):
    """Writes what the browser shows to $GANZOO_SCREENSHOTS, or to the test's temporary folder."""

    def write(name):
        folder = Path(os.environ.get("GANZOO_SCREENSHOTS", tmp_path))
        folder.mkdir(parents=True, exist_ok=True)
        browser.save_screenshot(str(folder / f"{name}.png"))

    return write
