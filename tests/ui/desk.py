"""A person at the dashboard: a browser of his own, signed in, on pages of the real server."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page, WebError, expect

from tests.live import PASSWORD, LiveServer

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

_spare: Final[WeakKeyDictionary[Browser, dict[str, list[BrowserContext]]]] = WeakKeyDictionary()
"""Profiles of each browser that nobody uses, by their options: signed out, without an open page."""


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
        """A tab on ``path``, signed in as the form does it (that itself is in test_dashboard)."""
        form: dict[str, str | float | bool] = {"username": name, "password": password}
        answer = self.context.request.post(f"{self.server.url}/login", form=form, max_redirects=0)
        assert answer.status == 303, answer.text()
        return self.open(path)

    def _said(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


def fill_in(page: Page, name: str, password: str) -> None:
    """The sign-in form."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def choose_driver(where: Page | Locator, name: str, *, at_once: bool = True) -> None:
    """Find a driver as one types, and choose him; not ``at_once`` where a question comes first."""
    field = where.get_by_role("combobox", name="Driver", exact=True)
    field.click()
    field.fill(name)
    where.get_by_role("option", name=name).click()
    if at_once:
        expect(field).to_have_value(name)


def taken_to_sign_in(page: Page) -> None:
    """Wait until the page is the sign-in page.

    The address is looked at until it fits: the server and the map's socket may both send the tab
    away, and the second navigation aborts the first, which ``wait_for_url`` takes for a failure.
    """
    expect(page).to_have_url(re.compile(r"/login(\?|$)"))


def stay(page: Page) -> list[str]:
    """Answer each question of the browser by staying on the page; their kinds, as they come."""
    asked: list[str] = []

    def answer(question: Dialog) -> None:
        asked.append(question.type)
        question.dismiss()

    page.on("dialog", answer)
    return asked


@contextmanager
def desk(browser: Browser, server: LiveServer, **options: Any) -> Iterator[Desk]:
    """A new browser; fails on errors of its pages, violations of their content policy among them.

    A socket that ends because the server or the login ended is none.
    """
    given = {"viewport": WIDE, "locale": "en-GB", "timezone_id": "UTC", **options}
    spare = _spare.setdefault(browser, {}).setdefault(repr(given), [])
    # One that was used has read the scripts of the pages: that takes longer than all of a test.
    context = spare.pop() if spare else browser.new_context(**given)
    # As the page with the form tells it to the server.
    zone = str(given["timezone_id"])
    context.add_cookies([{"name": "ontheway_zone", "value": zone, "url": server.url}])
    made = Desk(server, context)

    def noted(error: WebError) -> None:
        made.complaints.append(str(error.error))

    context.on("weberror", noted)
    yield made
    for page in context.pages:
        page.close()
    context.remove_listener("weberror", noted)
    context.clear_cookies()
    spare.append(context)
    assert [text for text in made.complaints if "WebSocket" not in text] == []
