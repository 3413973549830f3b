"""Sockets, activity, people and the own account in a real browser: their main acts."""

import csv
import io
import json
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from websockets.sync.client import connect

from tests.live import PASSWORD, LiveServer
from tests.ui.desk import desk, stay, taken_to_sign_in
from tests.ui.test_staff_pages import act, close_code, driver_socket, row
from tests.ui.waiting import eventually

HOSTILE = "<img src=x onerror=\"document.title='broken'\">"


def choose(page: Page, dialog: str, field: str, option: str) -> None:
    """Choose in a field of a dialog."""
    page.get_by_role("dialog", name=dialog).get_by_label(field, exact=True).click()
    page.get_by_role("option", name=option).click()


def test_a_drivers_messages_are_watched_paused_and_cleared(
    chromium: Browser, live_server: LiveServer
) -> None:
    made = live_server.driver("Rita Raw")
    with desk(chromium, live_server) as staff, driver_socket(live_server, made["token"]) as phone:
        page = staff.sign_in("dispatcher", path="/admin/connections")
        expect(row(page, "Rita Raw")).to_contain_text("ms")
        act(page, "Rita Raw", "Watch messages")
        dialog = page.get_by_role("dialog", name="Messages of Rita Raw")
        lines = dialog.locator(".raw-line")
        expect(dialog.get_by_text("Nothing yet.")).to_be_visible()
        phone.send(json.dumps({"type": "nonsense", "text": HOSTILE}))
        expect(lines).to_have_count(2)
        expect(lines.first).to_contain_text(HOSTILE.replace('"', '\\"'))
        expect(lines.last).to_contain_text("unknown_type")
        phone.send(json.dumps({"type": "auth", "token": made["token"]}))
        expect(lines).to_have_count(4)
        expect(lines.nth(2)).to_contain_text("[hidden]")
        assert made["token"] not in page.content()
        dialog.get_by_role("button", name="Pause").click()
        phone.send('{"type": "ping"}')
        expect(dialog.get_by_role("status")).to_have_text("Paused, 2 new")
        expect(lines).to_have_count(4)
        dialog.get_by_role("button", name="Resume").click()
        expect(lines).to_have_count(6)
        dialog.get_by_role("button", name="Clear").click()
        expect(lines).to_have_count(0)
        dialog.get_by_role("button", name="Done").click()
        expect(dialog).to_have_count(0)
        expect(page).to_have_title(re.compile(r"^(\(\d+\) )?Sockets"))


def test_every_page_of_the_staff_is_listed_and_ended(
    chromium: Browser, live_server: LiveServer
) -> None:
    live_server.add_user("paula", "admin")

    def hers() -> list[str]:
        listed = live_server.listed("/connections")
        return [one["id"] for one in listed if one["actor"] and one["actor"]["id"] == "paula"]

    with desk(chromium, live_server) as staff, desk(chromium, live_server) as other:
        page = staff.sign_in("dispatcher", path="/admin/connections?kind=page")
        settings = other.sign_in("paula", path="/admin/settings")
        expect(row(page, "This page")).to_contain_text("dispatcher")
        expect(row(page, "paula")).to_contain_text("Settings page")
        expect(row(page, "paula").get_by_role("cell").nth(8)).not_to_contain_text("0 B")
        [before] = hers()
        act(page, "paula", "Disconnect")
        question = page.get_by_role("dialog", name="Disconnect paula?")
        question.get_by_role("button", name="Disconnect").click()
        eventually(lambda: hers() not in ([], [before]))  # it came back by itself
        settings.get_by_role("link", name="People").click()
        expect(row(page, "paula")).to_contain_text("People page")
        assert other.complaints == []


def test_a_token_is_blocked_and_let_in_again_and_the_own_address_only_after_a_question(
    chromium: Browser, live_server: LiveServer
) -> None:
    made = live_server.driver("Bert Blocked")
    with desk(chromium, live_server) as staff:
        page = staff.sign_in("admin", path="/admin/connections")
        with driver_socket(live_server, made["token"]) as phone:
            act(page, "Bert Blocked", "Block for a while")
            dialog = page.get_by_role("dialog", name="Block Bert Blocked")
            choose(page, "Block Bert Blocked", "What", "Address 127.0.0.1")
            dialog.get_by_role("button", name="Block", exact=True).click()
            question = page.get_by_role("dialog", name="Block your own address 127.0.0.1?")
            question.get_by_role("button", name="Cancel").click()
            expect(question).to_have_count(0)
            act(page, "Bert Blocked", "Block for a while")
            choose(page, "Block Bert Blocked", "For", "1 hour")
            dialog.get_by_role("button", name="Block", exact=True).click()
            assert close_code(phone) == 4029
        blocked = page.get_by_role("table", name="Blocked")
        expect(blocked).to_contain_text("Bert Blocked")
        expect(blocked).to_contain_text("admin")
        headers = {"Authorization": f"Bearer {made['token']}"}
        with connect(
            f"{live_server.ws}/ws/driver", additional_headers=headers, proxy=None
        ) as again:
            assert close_code(again) == 4029
        drives = staff.open(f"/drive#{made['token']}")
        expect(drives.locator("#link-words")).to_contain_text("takes nothing from here")
        drives.close()
        page.get_by_role("button", name="Lift the block of Bert Blocked").click()
        expect(blocked).to_have_count(0)
        with driver_socket(live_server, made["token"]):
            expect(row(page, "Bert Blocked")).to_be_visible()


def test_activity_is_filtered_in_the_address_and_exported(
    chromium: Browser, live_server: LiveServer
) -> None:
    made = live_server.driver("Fritz Filtered")
    order, other = live_server.order(made["id"])["id"], live_server.order()["id"]
    live_server.update(order, "delivered")
    with desk(chromium, live_server) as staff:
        page = staff.sign_in("admin", path=f"/admin/activity?order={order}")
        expect(row(page, "New status")).to_have_count(1)
        expect(row(page, other)).to_have_count(0)
        page.get_by_role("button", name="Drivers").click()
        expect(page.get_by_role("heading", name="Nothing of this kind")).to_be_visible()
        page.get_by_role("button", name="Orders", exact=True).click()
        page.get_by_label("Person").fill("adm")
        expect(page).to_have_url(re.compile(rf"\?who=adm&order={order}&group=orders$"))
        expect(row(page, "New status")).to_have_count(1)
        with page.expect_download() as download:
            page.get_by_role("link", name="Export CSV").click()
        rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text())))
        assert [line[1] for line in rows[1:]] == ["order.status", "order.created"]
        page.get_by_label("To", exact=True).fill("2020-01-01T00:00")
        expect(row(page, "New status")).to_have_count(0)
        page.reload()
        expect(page.get_by_label("To", exact=True)).to_have_value("2020-01-01T00:00")
        expect(row(page, "New status")).to_have_count(0)


def test_a_new_role_and_the_end_of_a_sign_in_reach_open_tabs(
    chromium: Browser, live_server: LiveServer
) -> None:
    live_server.add_user("dora", "dispatcher")
    with desk(chromium, live_server) as boss, desk(chromium, live_server) as theirs:
        page = boss.sign_in("admin", path="/admin/people")
        open_tab = theirs.sign_in("dora", path="/admin/drivers")
        open_tab.get_by_role("button", name="Add driver").click()
        open_tab.get_by_role("dialog").get_by_label("Name").fill("Half a dri")
        expect(open_tab.locator("[data-unsaved]")).to_have_count(1)
        asked, other_tab = stay(open_tab), theirs.open("/admin/orders")
        users = page.get_by_role("table", name="Users")
        his = users.get_by_role("row").filter(has_text="dora")
        his.get_by_role("button", name="Role").click()
        choose(page, "Role of dora", "Role", "Viewer")
        page.get_by_role("dialog").get_by_role("button", name="Change role").click()
        expect(his).to_contain_text("Viewer")
        gone = open_tab.get_by_role("button", name="Add driver")
        expect(gone).to_have_count(0)
        told = open_tab.locator(".toast")
        expect(told).to_have_text("Your role is now viewer. What you typed was not saved.")
        expect(other_tab.locator(".toast")).to_have_text("Your role is now viewer.")
        open_tab.reload()
        expect(open_tab.get_by_role("heading", name="Drivers", exact=True)).to_be_visible()
        expect(told).to_have_count(0)  # it is told once
        logins = page.get_by_role("table", name="Signed in")
        expect(logins.get_by_role("row").filter(has_text="dora")).to_contain_text("on Linux")
        page.get_by_role("button", name="End the sign-in of dora").click()
        page.get_by_role("dialog").get_by_role("button", name="End sign-in").click()
        taken_to_sign_in(open_tab)
        assert asked == []
        expect(logins.get_by_role("row").filter(has_text="dora")).to_have_count(0)


def test_what_one_admin_does_another_sees_and_every_tab_of_the_removed_ends(
    chromium: Browser, live_server: LiveServer
) -> None:
    live_server.add_user("petra", "dispatcher")
    with (
        desk(chromium, live_server) as one,
        desk(chromium, live_server) as two,
        desk(chromium, live_server) as hers,
    ):
        acting = one.sign_in("admin", path="/admin/people")
        seeing = two.sign_in("admin", path="/admin/people")
        log = two.open("/admin/activity?q=user.removed")
        users = seeing.get_by_role("table", name="Users")
        expect(users.get_by_role("row").filter(has_text="petra")).to_have_count(1)
        tabs = [hers.sign_in("petra", path="/admin/replay")]
        tabs += [hers.open(path) for path in ("/admin/account", "/admin")]
        expect(tabs[0].get_by_role("heading", name="Replay", level=1)).to_be_visible()
        logins = seeing.get_by_role("table", name="Signed in")
        expect(logins.get_by_role("row").filter(has_text="petra")).to_have_count(1)
        her = acting.get_by_role("table", name="Users").get_by_role("row").filter(has_text="petra")
        her.get_by_role("button", name="Remove").click()
        acting.get_by_role("dialog").get_by_role("button", name="Remove user").click()
        expect(her).to_have_count(0)  # it is done: the second begins
        expect(users.get_by_role("row").filter(has_text="petra")).to_have_count(0)
        expect(log.get_by_role("row").filter(has_text="petra").first).to_be_visible()
        for tab in tabs:
            taken_to_sign_in(tab)


def test_everybody_changes_his_own_password(chromium: Browser, live_server: LiveServer) -> None:
    live_server.add_user("olga", "viewer")
    with desk(chromium, live_server) as here, desk(chromium, live_server) as elsewhere:
        page = here.sign_in("olga", path="/admin/account")
        other = elsewhere.sign_in("olga", path="/admin/orders")
        page.get_by_role("button", name="Change password").click()
        dialog = page.get_by_role("dialog", name="Change password")
        dialog.get_by_label("Current password").fill("wrong")
        dialog.get_by_label("New password", exact=True).fill("another long one")
        dialog.get_by_label("New password again").fill("another long one")
        dialog.get_by_role("button", name="Change password").click()
        expect(dialog.get_by_role("alert")).to_have_text("The current password is wrong.")
        dialog.get_by_label("Current password").fill(PASSWORD)
        dialog.get_by_role("button", name="Change password").click()
        expect(dialog).to_have_count(0)
        taken_to_sign_in(other)
        expect(page.get_by_role("row").filter(has_text="this browser")).to_have_count(1)
