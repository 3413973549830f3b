"""The staff's pages as people use them: signing in, rights, two people at once."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import StartServer
from tests.live import PASSWORD, LiveServer
from tests.ui.desk import Desk, desk, fill_in

PAGES = (
    "/admin",
    "/admin/orders",
    "/admin/drivers",
    "/admin/connections",
    "/admin/activity",
    "/admin/people",
)
NOT_FOR = {
    "viewer": {"/admin/connections", "/admin/activity", "/admin/people"},
    "dispatcher": {"/admin/activity", "/admin/people"},
    "admin": set(),
}


class Sit(Protocol):
    """Gives somebody a browser of his own."""

    def __call__(self, server: LiveServer, **options: object) -> Desk: ...


@pytest.fixture
def sit(chromium: Browser) -> Iterator[Sit]:
    """As many people as a test wants."""
    with ExitStack() as stack:
        yield lambda server, **options: stack.enter_context(desk(chromium, server, **options))


# --- signing in and out -------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_gets_the_sign_in_page_and_then_the_page_he_wanted(
    live_server: LiveServer, sit: Sit, path: str
) -> None:
    page = sit(live_server).open(f"{path}?seen=1")
    expect(page).to_have_title("Sign in · Ontheway")
    fill_in(page, "admin", PASSWORD)
    page.wait_for_url(f"{live_server.url}{path}?seen=1")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


def test_a_wrong_password_gets_one_sentence(live_server: LiveServer, sit: Sit) -> None:
    page = sit(live_server).open("/login?next=/admin/drivers")
    fill_in(page, "admin", "not the password")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    fill_in(page, "admin", PASSWORD)
    page.wait_for_url("**/admin/drivers")


@pytest.mark.parametrize("role", NOT_FOR)
def test_each_role_sees_its_pages_in_the_menu_and_no_others(
    live_server: LiveServer, sit: Sit, role: str
) -> None:
    page = sit(live_server).sign_in(role)
    menu = page.get_by_role("navigation", name="Pages")
    shown = {link.get_attribute("href") for link in menu.get_by_role("link").all()}
    assert shown == set(PAGES) - NOT_FOR[role]


@pytest.mark.parametrize("role", NOT_FOR)
def test_the_server_refuses_the_pages_that_a_role_does_not_have(
    live_server: LiveServer, role: str
) -> None:
    with httpx.Client(base_url=live_server.url) as client:
        form = {"username": role, "password": PASSWORD, "next": "/admin"}
        assert client.post("/login", data=form).status_code == 303
        for path in PAGES:
            expected = 403 if path in NOT_FOR[role] else 200
            assert client.get(path).status_code == expected, path


def test_signing_out_ends_every_tab_of_this_login_and_no_other(
    live_server: LiveServer, sit: Sit
) -> None:
    mine, other = sit(live_server), sit(live_server)
    first = mine.sign_in("dispatcher")
    second = mine.open("/admin/drivers")
    expect(second.get_by_role("heading", name="Drivers")).to_be_visible()
    theirs = other.sign_in("dispatcher", path="/admin/drivers")
    first.get_by_role("button", name="Sign out").click()
    second.wait_for_url("**/login*", timeout=3_000)
    assert "/login" in mine.open("/admin").url
    assert theirs.url.endswith("/admin/drivers")


def test_a_person_who_is_removed_loses_his_open_pages(start_server: StartServer, sit: Sit) -> None:
    server = start_server()
    page = sit(server).sign_in("viewer", path="/admin/drivers")
    expect(page.get_by_role("heading", name="Drivers")).to_be_visible()
    assert server.command("user", "remove", "viewer").returncode == 0
    page.wait_for_url("**/login*", timeout=3_000)
