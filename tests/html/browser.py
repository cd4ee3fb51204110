"""A real browser without a window, led over a pipe by the DevTools protocol."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-dev-shm-usage",
)
_TROUBLE: dict[str, Callable[[dict[str, Any]], str]] = {
    "Log.entryAdded": lambda told: told["entry"]["text"],
    "Runtime.consoleAPICalled": lambda told: str(told["args"]),
    "Runtime.exceptionThrown": lambda told: told["exceptionDetails"]["text"],
}


class Page:
    """A page as somebody sees it."""

    def __init__(self, browser: subprocess.Popen[bytes]) -> None:
        self._browser = browser
        self._numbers = itertools.count(1)
        self._heard: list[dict[str, Any]] = []
        self._session: dict[str, str] = {}
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        for domain in ("Page", "Log", "Runtime"):
            self._ask(f"{domain}.enable")

    @property
    def trouble(self) -> list[str]:
        """What the console says."""
        return [
            _TROUBLE[one["method"]](one["params"])
            for one in self._heard
            if one.get("method") in _TROUBLE
        ]

    def open(self, file: Path, *, width: int, dark: bool = False) -> None:
        """Show a file on a screen so wide, until it is loaded."""
        self._heard.clear()
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=844,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", media="screen", features=[scheme])
        self._ask("Page.navigate", url=file.as_uri())
        while not any(one.get("method") == "Page.loadEventFired" for one in self._heard):
            self._heard.append(self._hear())

    def on_paper(self) -> None:
        """Show it as it is printed."""
        self._ask("Emulation.setEmulatedMedia", media="print")

    def value(self, expression: str) -> Any:
        """What a line of JavaScript comes to."""
        return self._ask("Runtime.evaluate", expression=expression, returnByValue=True)[
            "result"
        ].get("value")

    def picture(self) -> bytes:
        """The whole page, as PNG."""
        return base64.b64decode(
            self._ask("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        )

    def _ask(self, method: str, **params: object) -> dict[str, Any]:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params, **self._session}
        assert self._browser.stdin is not None
        self._browser.stdin.write(json.dumps(message).encode() + b"\0")
        self._browser.stdin.flush()
        while (told := self._hear()).get("id") != number:
            self._heard.append(told)
        assert "result" in told, told
        result: dict[str, Any] = told["result"]
        return result

    def _hear(self) -> dict[str, Any]:
        assert self._browser.stdout is not None
        text = b""
        while (byte := self._browser.stdout.read(1)) != b"\0":
            assert byte, "the browser has ended"
            text += byte
        message: dict[str, Any] = json.loads(text)
        return message


@contextmanager
def browser(profile: Path) -> Iterator[Page]:
    """One with an empty profile, gone at the end."""
    assert CHROMIUM is not None
    # It reads from the third and writes to the fourth file that it is given.
    command = ["/bin/sh", "-c", 'exec "$@" 3<&0 4>&1 >/dev/null', "sh", CHROMIUM, *_OPTIONS]
    command += ["--remote-debugging-pipe", f"--user-data-dir={profile}"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            yield Page(child)
        finally:
            child.terminate()
            child.stdout.read() if child.stdout else None
