"""The page in Debian's Chromium, driven by Selenium; skipped where either is not installed."""

import contextlib
import threading
import time

import numpy as np
import pytest

from ganzoo.images.files import save_image
from ganzoo.web.server import page_server

webdriver = pytest.importorskip("selenium.webdriver", reason="keras-ganzoo[test] brings selenium")
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

pytestmark = pytest.mark.slow


@pytest.fixture
def opened(browser, web_run, screenshot, request):
    """Opens the page of some runs in the browser; afterwards nothing may have gone wrong there."""
    with contextlib.ExitStack() as stack:

        def open_page(*names, query=""):
            runs = [web_run(name).folder for name in names]
            server, address = stack.enter_context(page_server(runs))
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            browser.get(address + query)
            return browser

        yield open_page
        screenshot(request.node.name)
        addresses = browser.execute_script(
            "return performance.getEntriesByType('resource').map(entry => entry.name)"
        )
        assert addresses
        assert all(each.startswith(("http://127.0.0.1:", "blob:", "data:")) for each in addresses)
        assert browser.get_log("browser") == []
        browser.get("about:blank")  # before the server goes: it may be asked still
        browser.get_log("browser")


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.05)
    return found


def by_id(browser, name):
    return browser.find_element(By.ID, name)


def pixels_of(browser, selector):
    """Returns what an image or a canvas shows, or None where it shows nothing yet."""
    return browser.execute_script(
        """
        const element = document.querySelector(arguments[0]);
        const width = element?.naturalWidth ?? element?.width;
        if (!width) return null;
        const canvas = document.createElement("canvas");
        canvas.width = width;
        canvas.height = element.naturalHeight ?? element.height;
        canvas.getContext("2d").drawImage(element, 0, 0);
        return canvas.toDataURL();
        """,
        selector,
    )


def changed_from(browser, selector, before):
    """Waits until an image is another one than before, and returns it."""
    return wait_for(lambda: (now := pixels_of(browser, selector)) not in (None, before) and now)


IMAGE = "#pictures img"


def test_another_changes_the_picture_and_back_restores_it(opened):
    browser = opened("cdcgan", query="?seed=17&label=3")
    first = changed_from(browser, IMAGE, None)
    assert "--seed 17 --labels 3" in by_id(browser, "command").text
    by_id(browser, "another").click()
    second = changed_from(browser, IMAGE, first)
    assert "seed=" in browser.current_url and "seed=17" not in browser.current_url
    browser.back()
    wait_for(lambda: pixels_of(browser, IMAGE) == first)
    assert by_id(browser, "seed").get_attribute("value") == "17"
    browser.forward()
    wait_for(lambda: pixels_of(browser, IMAGE) == second)


def test_keys_classes_walls_and_walks(opened):
    browser = opened("cdcgan", query="?seed=5&label=0")
    first = changed_from(browser, IMAGE, None)
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.ARROW_RIGHT)
    second = changed_from(browser, IMAGE, first)
    assert by_id(browser, "seed").get_attribute("value") == "6"
    browser.find_element(By.CSS_SELECTOR, "#label option[value='4']").click()
    changed_from(browser, IMAGE, second)
    wait_for(lambda: len(browser.find_elements(By.CSS_SELECTOR, "#wall button")) == 24)
    browser.find_elements(By.CSS_SELECTOR, "#wall button")[2].click()
    assert by_id(browser, "waypoints").get_attribute("value") == "0,1,2,3"
    by_id(browser, "walk").click()
    wait_for(lambda: pixels_of(browser, "#walk-figure img"))
    assert "ganzoo interpolate" in by_id(browser, "walk-command").text
    by_id(browser, "expression").send_keys(" + latents x.npy")
    by_id(browser, "add").click()
    wait_for(lambda: "names no file" in by_id(browser, "message").text)
    assert by_id(browser, "message").get_attribute("aria-live") == "polite"
    browser.get_log("browser")  # the refused request is logged there


def test_a_drag_on_the_square_changes_its_picture(opened):
    browser = opened("cdcgan")
    before = changed_from(browser, "#pad", None)
    wait_for(lambda: by_id(browser, "pad-seeds").text)
    actions = webdriver.ActionChains(browser, duration=50)
    actions.move_to_element(by_id(browser, "pad")).click_and_hold().move_by_offset(60, 60)
    actions.release().perform()
    changed_from(browser, "#pad", before)
    wait_for(lambda: "50 % to the right" not in by_id(browser, "pad-seeds").text)


def test_a_stroke_on_the_canvas_changes_the_translation_and_undo_takes_it_back(opened):
    browser = opened("pix2pix")
    output = "#outputs img"
    before = changed_from(browser, output, None)
    drawn = pixels_of(browser, "#drawing")
    actions = webdriver.ActionChains(browser, duration=50)
    actions.move_to_element(by_id(browser, "drawing")).click_and_hold().move_by_offset(80, 50)
    actions.move_by_offset(-120, 30).release().perform()
    after = changed_from(browser, output, before)
    assert pixels_of(browser, "#drawing") != drawn
    browser.find_element(By.XPATH, "//button[text()='undo']").click()
    wait_for(lambda: pixels_of(browser, "#drawing") == drawn)
    wait_for(lambda: pixels_of(browser, output) == before != after)


def test_an_upload_that_is_too_large_says_why_and_a_good_one_is_translated(opened, tmp_path):
    browser = opened("cyclegan")
    before = changed_from(browser, "#outputs img", None)
    save_image(tmp_path / "large.png", np.zeros((4100, 4000, 1), np.uint8))
    by_id(browser, "file").send_keys(str(tmp_path / "large.png"))
    wait_for(lambda: "at most 16 megapixels" in by_id(browser, "message").text)
    browser.get_log("browser")  # the refused request is logged there
    noise = np.random.default_rng(0).integers(0, 256, (30, 42, 1)).astype(np.uint8)
    save_image(tmp_path / "good.png", noise)
    by_id(browser, "file").send_keys(str(tmp_path / "good.png"))
    changed_from(browser, "#outputs img", before)
    width = "return document.querySelector('#outputs img').naturalWidth"
    wait_for(lambda: browser.execute_script(width) == 42)


def test_two_runs_stand_side_by_side_on_the_same_seed(opened):
    browser = opened("cdcgan", "cdcgan", query="?seed=3&label=1")
    wait_for(lambda: pixels_of(browser, "#pictures figure:nth-child(2) img"))
    first, second = (pixels_of(browser, f"#pictures figure:nth-child({n}) img") for n in (1, 2))
    assert first == second  # one run twice


def test_the_keyboard_reaches_everything_and_nothing_is_wider_than_a_telephone(opened):
    browser = opened("cdcgan")
    changed_from(browser, IMAGE, None)
    wait_for(lambda: len(browser.find_elements(By.CSS_SELECTOR, "#wall button")) == 24)
    found = browser.execute_script(
        """
        const kinds = "button, input, select, a[href], canvas[tabindex]";
        const all = [...document.querySelectorAll(kinds)];
        const shown = all.filter(each => each.offsetParent && !each.disabled);
        const named = each => each.labels?.length || each.textContent.trim() ||
          each.getAttribute("aria-label") || each.title;
        const missed = shown.filter(each => each.tabIndex < 0 || !named(each));
        return [shown.length, missed.map(each => each.outerHTML)];
        """
    )
    assert found[0] > 30 and found[1] == []
    for width in (360, 1200):
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False},
        )
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
