"""A person at the dashboard: a browser of his own, signed in, on pages of the real server."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.live import PASSWORD, LiveServer

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Desk:
    """A browser of one person; ``complaints`` are errors of its pages."""

    server: LiveServer
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """One more tab."""
        page = self.context.new_page()
        page.on("console", self._said)
        page.goto(self.server.url + path)
        return page

    def sign_in(self, name: str, password: str = PASSWORD, *, path: str = "/admin") -> Page:
        """Sign in and land on ``path``."""
        page = self.open(path)
        fill_in(page, name, password)
        page.wait_for_url(f"**{path}")
        return page

    def _said(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


def fill_in(page: Page, name: str, password: str) -> None:
    """The sign-in form."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def choose_driver(where: Page | Locator, name: str) -> None:
    """Find a driver as one types, and choose him."""
    field = where.get_by_role("combobox", name="Driver", exact=True)
    field.click()
    field.fill(name)
    where.get_by_role("option", name=name).click()
    expect(field).to_have_value(name)


def taken_to_sign_in(page: Page, *, timeout: float = 5_000) -> None:
    """Wait (milliseconds) until the page is the sign-in page.

    The address is looked at until it fits: the server and the map's socket may both send the tab
    away, and the second navigation aborts the first, which ``wait_for_url`` takes for a failure.
    """
    expect(page).to_have_url(re.compile(r"/login(\?|$)"), timeout=timeout)


@contextmanager
def desk(browser: Browser, server: LiveServer, **options: Any) -> Iterator[Desk]:
    """A new browser; fails on errors of its pages, violations of their content policy among them.

    A socket that ends because the server or the login ended is none.
    """
    given = {"viewport": WIDE, "locale": "en-GB", "timezone_id": "UTC", **options}
    context = browser.new_context(**given)
    made = Desk(server, context)
    context.on("weberror", lambda error: made.complaints.append(str(error.error)))
    yield made
    context.close()
    assert [text for text in made.complaints if "WebSocket" not in text] == []
