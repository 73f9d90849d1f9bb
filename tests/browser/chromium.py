"""Chromium without a screen, driven as a person would use it: it sees what is shown, and clicks what can be clicked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAMS = {"chromium": ("chromium", "chromium-browser", "google-chrome"), "its driver": ("chromedriver",)}
SECONDS = 30.0
"""The longest that a page may take: longer than the guestbook's own limits together."""


def unavailable() -> str:
    """Why there is no browser here, "" if there is one."""
    missing = [what for what, names in PROGRAMS.items() if not _found(names)]
    try:
        import selenium  # noqa: F401
    except ModuleNotFoundError:
        missing.append("selenium")
    return f"{' and '.join(missing)} not found; as root, tools/browser.sh installs them" if missing else ""


def _found(names: tuple[str, ...]) -> str:
    return next((path for name in names if (path := shutil.which(name))), "")


@dataclass(frozen=True)
class Page:
    """What the browser shows."""

    driver: Any

    def open(self, url: str) -> Page:
        """Go there, as by typing the address."""
        self.driver.get(url)
        return self

    def reload(self) -> Page:
        """The browser's own button."""
        self.driver.refresh()
        return self

    @property
    def url(self) -> str:
        """Where it is."""
        return str(self.driver.current_url)

    def shown(self, name: str) -> str:
        """The visible text of the element with an id, "" where there is none."""
        found = self.driver.find_elements("id", name)
        return str(found[0].text) if found else ""

    def typed(self) -> str:
        """What stands in the form."""
        return str(self.driver.find_element("id", "message").get_property("value"))

    def write(self, text: str) -> Page:
        """Type a message in place of what is there, and press Post."""
        field = self.driver.find_element("id", "message")
        field.clear()
        field.send_keys(text)
        return self.press("post")

    def press(self, name: str) -> Page:
        """Click the element with an id; the next page is there when this returns."""
        self.driver.find_element("id", name).click()
        return self

    def is_wider_than_its_window(self) -> bool:
        """Whether one has to scroll sideways."""
        return bool(self.driver.execute_script("return document.documentElement.scrollWidth > window.innerWidth"))

    def requests(self) -> list[str]:
        """The addresses of all that the page has loaded beside itself."""
        script = "return performance.getEntriesByType('resource').map(entry => entry.name)"
        return [str(name) for name in self.driver.execute_script(script)]

    def complaints(self) -> list[str]:
        """What the browser says on its console, such as a broken content security policy."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]

    def picture(self, name: str) -> None:
        """A screenshot into the folder that VITESSCTL_PICTURES names, if it does, for a person to look at."""
        folder = os.environ.get("VITESSCTL_PICTURES")
        if folder:
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))


@contextmanager
def browser(width: int = 1280, height: int = 900) -> Iterator[Page]:
    """A new browser with a window of this size, without anything that another has left behind."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = _found(PROGRAMS["chromium"])
    for argument in (
        "headless=new",
        "no-sandbox",
        "disable-gpu",
        "disable-dev-shm-usage",
        "no-first-run",
        "hide-scrollbars",
    ):
        options.add_argument(f"--{argument}")
    options.set_capability("goog:loggingPrefs", {"browser": "WARNING"})
    if width < 500:  # a desktop window does not get as narrow as a telephone
        device = {"deviceMetrics": {"width": width, "height": height, "pixelRatio": 2.0}}
        options.add_experimental_option("mobileEmulation", device)
    else:
        options.add_argument(f"--window-size={width},{height}")
    driver = webdriver.Chrome(options=options, service=Service(_found(PROGRAMS["its driver"])))
    try:
        driver.set_page_load_timeout(SECONDS)
        yield Page(driver)
    finally:
        driver.quit()
