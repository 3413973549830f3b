"""What the customer's page costs the server in memory: `python -m tests.measure_track_page`.

Growth of the server's resident memory, on a fresh server each run: per page that is open and idle
in a real browser, its socket included, each with an order of its own; and per fetch without a
browser, as robots and link previews make them. Warmed up with a few of the same first.
"""

import argparse
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from tests.conftest import BROWSER_ARGS, BROWSERS, QUIET_LIMITS
from tests.live import LiveServer

WARM: Final = 6
FETCHES: Final = 150
SETTLE: Final = 14.0
"""Seconds; longer than NiceGUI waits for a browser to come back (`reconnect_timeout`)."""
PLACE: Final = {"lat": 48.1461, "lng": 11.5829, "address": "Gabelsbergerstr. 9"}


def main() -> None:
    """Print every run, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--runs", type=int, default=3)
    wanted = parser.parse_args()
    runs = [_run(wanted.pages) for _ in range(wanted.runs)]
    for what, figures in zip(("open", "closed", "fetched"), zip(*runs, strict=True), strict=True):
        shown = ", ".join(f"{figure:.1f}" for figure in figures)
        middle = statistics.median(figures)
        sys.stdout.write(f"{what}: {middle:.1f} KiB each, median of {shown}\n")


def _run(count: int) -> tuple[float, float, float]:
    """KiB per page while open, what remains of it once closed, and KiB per fetch."""
    with tempfile.TemporaryDirectory() as folder:
        with LiveServer(Path(folder) / "opened", QUIET_LIMITS) as server:
            opened, closed = _open(server, count)
        with LiveServer(Path(folder) / "fetched", QUIET_LIMITS) as server:
            fetched = _fetch(server)
    return opened, closed, fetched


def _open(server: LiveServer, count: int) -> tuple[float, float]:
    links = _links(server, count + WARM)
    path = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*BROWSER_ARGS])
        context = browser.new_context(viewport={"width": 390, "height": 844})
        for page in [_page(context, link) for link in links[count:]]:
            page.close()
        time.sleep(SETTLE)
        before = _resident(server)
        pages = [_page(context, link) for link in links[:count]]
        pages[-1].wait_for_timeout(1000 * SETTLE)
        opened = _resident(server)
        for page in pages:
            page.close()
        time.sleep(SETTLE)
        closed = _resident(server)
        browser.close()
    return (opened - before) / count, (closed - before) / count


def _fetch(server: LiveServer) -> float:
    links = _links(server, WARM)
    for link in links:
        httpx.get(link)
    time.sleep(SETTLE)
    before = _resident(server)
    for number in range(FETCHES):
        assert httpx.get(links[number % WARM]).status_code == 200
    return (_resident(server) - before) / FETCHES


def _links(server: LiveServer, count: int) -> list[str]:
    orders = [server.order(destination=PLACE) for _ in range(count)]
    return [f"{server.url}/track/{order['trackingToken']}" for order in orders]


def _page(context: BrowserContext, link: str) -> Page:
    page = context.new_page()
    page.goto(link)
    expect(page.locator(".pin-door")).to_be_visible(timeout=30_000)
    return page


def _resident(server: LiveServer) -> int:
    """KiB."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+)", status, re.MULTILINE)
    assert found is not None
    return int(found[1])


if __name__ == "__main__":
    main()
