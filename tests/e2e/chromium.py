"""Chromium, as a person would use it: driven by WebDriver's own protocol, with a profile of its own."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.service_providers.running import free_port

# The last ones keep it from looking for hosts of its maker.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NO_SCRIPTS = {"profile.managed_default_content_settings.javascript": 2}
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
TAB, ENTER = "\ue004", "\ue007"


def why_not() -> str | None:
    """What keeps Chromium from being started; an error where CI=1 is set."""
    if shutil.which("chromium") and shutil.which("chromedriver"):
        return None
    reason = "Chromium is not installed: run apt-get install -y --no-install-recommends chromium chromium-driver"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        raise RuntimeError(reason)
    return reason


@contextlib.contextmanager
def driver() -> Iterator[str]:
    """The address of a ChromeDriver that runs for as long as the block lasts."""
    port = free_port()
    process = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: _ready(url), "chromedriver to start")
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _ready(url: str) -> bool:
    try:
        return bool(requests.get(f"{url}/status", timeout=5).json()["value"]["ready"])
    except requests.RequestException:
        return False


def until(true: Callable[[], Any], what: str, within: float = 20.0) -> Any:
    """What `true` gives as soon as it gives something; AssertionError after so many seconds."""
    end = time.monotonic() + within
    while not (found := true()):
        assert time.monotonic() < end, f"waited {within:g} s for {what}"
        time.sleep(0.05)
    return found


@contextlib.contextmanager
def chromium(driver: str, **prefs: Any) -> Iterator[Chromium]:
    """A new browser that nobody has used."""
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        options = {"args": [*FLAGS, f"--user-data-dir={profile}"], "binary": shutil.which("chromium"), "prefs": prefs}
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        asked = {"capabilities": {"alwaysMatch": wanted}}
        answer = requests.post(f"{driver}/session", json=asked, timeout=120).json()["value"]
        assert "sessionId" in answer, answer
        browser = Chromium(f"{driver}/session/{answer['sessionId']}")
        try:
            yield browser
        finally:
            requests.delete(browser.session, timeout=30)


@dataclass
class Chromium:
    """One browser with one window; elements are found by CSS selector, and waited for."""

    session: str

    def go(self, url: str) -> None:
        self._post("url", {"url": url})

    @property
    def url(self) -> str:
        return str(self._get("url"))

    @property
    def text(self) -> str:
        """What the page shows."""
        return str(self._get(f"element/{self._find('body')}/text"))

    def count(self, selector: str) -> int:
        return len(self._post("elements", {"using": "css selector", "value": selector}))

    def click(self, selector: str) -> None:
        self._post(f"element/{self._find(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        self._post(f"element/{self._find(selector)}/value", {"text": text})

    def press(self, *keys: str) -> None:
        """Press keys where the focus is, one after the other."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._post("actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def focused(self) -> str:
        """The text, or the name, of what has the focus."""
        active = self._get("element/active")[_ELEMENT]
        return str(self._get(f"element/{active}/text") or self._get(f"element/{active}/attribute/name"))

    def seen(self, selector: str) -> int:
        """How many elements are visible."""
        found = self._post("elements", {"using": "css selector", "value": selector})
        return sum(bool(self._get(f"element/{each[_ELEMENT]}/displayed")) for each in found)

    def script(self, code: str) -> Any:
        """What a script on the page returns."""
        return self._post("execute/sync", {"script": code, "args": []})

    def forget(self, *names: str) -> None:
        """Lose these cookies of the page's host, or all of all."""
        for name in names:
            _value(requests.delete(f"{self.session}/cookie/{name}", timeout=60))
        if not names:
            self._devtools("Network.clearBrowserCookies", {})

    def looks(self, width: int = 1280, height: int = 800, *, dark: bool = False) -> None:
        """Give the window a size, and say whether the person prefers dark colours."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._devtools("Emulation.setDeviceMetricsOverride", size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._devtools("Emulation.setEmulatedMedia", {"features": [scheme]})

    def picture(self, file: Path) -> None:
        """Write what the window shows to a PNG file."""
        file.write_bytes(base64.b64decode(self._get("screenshot")))

    def complaints(self) -> list[str]:
        """What the console said since it was asked last: errors of scripts, of loading, and of the pages' policies."""
        logged = self._post("se/log", {"type": "browser"})
        return [each["message"] for each in logged if each["level"] in ("SEVERE", "WARNING")]

    def requested(self) -> list[str]:
        """The addresses that were requested over the network since it was asked last."""
        events = [json.loads(each["message"])["message"] for each in self._post("se/log", {"type": "performance"})]
        urls = [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]
        return [url for url in urls if urlsplit(url).scheme in ("http", "https", "ws", "wss")]

    def _find(self, selector: str) -> str:
        def there() -> Any:
            return self._post("elements", {"using": "css selector", "value": selector})

        return str(until(there, f"{selector} at {self.url}")[0][_ELEMENT])

    def _devtools(self, command: str, params: dict[str, Any]) -> None:
        self._post("goog/cdp/execute", {"cmd": command, "params": params})

    def _get(self, what: str) -> Any:
        return _value(requests.get(f"{self.session}/{what}", timeout=60))

    def _post(self, what: str, given: dict[str, Any]) -> Any:
        return _value(requests.post(f"{self.session}/{what}", json=given, timeout=60))


def _value(answer: requests.Response) -> Any:
    value = answer.json()["value"]
    assert answer.ok, f"{value['error']}: {value['message'][:500]}"
    return value
