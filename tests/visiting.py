"""The dashboard in a real Chromium, as a reader visits it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# None for GL: rendering without a graphics card would slow SVG many times over.
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# A reader who has been here before sees no note of a first visit.
SEEN = "try { localStorage.setItem('geo-astana-seen', 'yes'); } catch {}"
WIDE = 760


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def served(*options: str) -> Iterator[str]:
    """The address of the dashboard, started on a free port of this machine."""
    command = [sys.executable, "-m", "geo_astana", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            said = next(line for line in server.stdout if "http://" in line)
            yield re.search(r"http://\S+/", said)[0]  # type: ignore[index]
        finally:
            server.terminate()


class Visit:
    """A page with what it complained about and which addresses it asked."""

    def __init__(
        self,
        reader: Browser | BrowserContext,
        width: int = 1366,
        height: int = 0,
        script: str = SEEN,
    ) -> None:
        self.page = reader.new_page()
        high = height or (768 if width > WIDE else 844)
        self.page.set_viewport_size({"width": width, "height": high})
        self.page.add_init_script(script)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text)
                if message.type in ("error", "warning")
                else None
            ),
        )
        self.page.on("request", lambda request: self.requests.append(request.url))

    def open(self, address: str) -> Page:
        self.page.goto(address)
        self.page.wait_for_selector("[data-ready=true]", state="attached")
        self.at_rest()
        return self.page

    def at_rest(self) -> None:
        self.page.wait_for_selector(".view:not(.moving)", state="attached")

    def unharmed(self, address: str) -> None:
        """Nothing ran, nothing failed, nothing left the host, nothing is too wide."""
        own = (address, "data:", "blob:")
        assert self.complaints == []
        assert self.page.evaluate("window.hacked") is None
        assert [url for url in self.requests if not url.startswith(own)] == []
        wide = "document.documentElement.scrollWidth - innerWidth"
        assert self.page.evaluate(wide) <= 0
