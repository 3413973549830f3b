"""What tests of more than one folder use: real servers, a real browser."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright

from tests.live import LiveServer

# Nothing here races a clock: the machine may be slow, or busy with the other tests.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
expect.set_options(timeout=20_000)

ROOT: Final = Path(__file__).resolve().parents[1]
TRACES: Final = ROOT.parent / "shared" / "data" / "traces"
WHOLE_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSERS: Final = ("chromium-headless-shell", *WHOLE_BROWSERS)
"""Debian's shell is the same engine without a browser's own windows: a fifth less work."""
BROWSER_ARGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The suggestions below an address bar that no test sees are two pages of Chromium's own for
    # every window: more work than the page that is tested. The rest Playwright would turn off too,
    # had it the last word.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,AimEnabled,"
    "HttpsUpgrades,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,PaintHolding,"
    "PreconnectToSearch",
)
QUIET_LIMITS: Final = {
    "ONTHEWAY_LIMIT_DRIVER_RATE": "0",
    "ONTHEWAY_LIMIT_API_RATE": "0",
    "ONTHEWAY_LIMIT_SIGNIN_ADDRESS": "0",
}
"""Many tests share one server and one address."""

StartServer = Callable[..., LiveServer]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a browser first, then those with a server, then all others.

    Workers take file by file: what is quick comes last, so that they end at about the same time.
    """
    ranks: dict[Path, int] = {}
    for item in items:
        names, module = getattr(item, "fixturenames", ()), getattr(item, "module", None)
        rank = 0 if "chromium" in names else 1 if hasattr(module, "LiveServer") else 2
        ranks[item.path] = min(rank, ranks.get(item.path, rank))
    items.sort(key=lambda item: ranks[item.path])


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One server for all tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("live")
    with LiveServer(folder / "data", QUIET_LIMITS) as server:
        yield server


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts servers of the test's own: ``start_server(ONTHEWAY_…="…")``."""
    with ExitStack() as stack:
        started: list[LiveServer] = []

        def start(**settings: str) -> LiveServer:
            server = LiveServer(tmp_path / f"data{len(started)}", settings)
            started.append(server)
            return stack.enter_context(server)

        yield start


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a module (its loop must not outlive it: others use asyncio)."""
    with _launched(BROWSERS) as browser:
        yield browser


@pytest.fixture(scope="module")
def whole_chromium() -> Iterator[Browser]:
    """The same, for what the shell has not: it shows no notifications."""
    with _launched(WHOLE_BROWSERS) as browser:
        yield browser


@contextmanager
def _launched(names: tuple[str, ...]) -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("no browser: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*BROWSER_ARGS])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def traces() -> Path:
    """The folder of recorded traces, where there is one."""
    if not TRACES.is_dir():
        pytest.skip(f"recorded traces not found at {TRACES}")
    return TRACES
