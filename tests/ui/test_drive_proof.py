"""Proof of delivery on the driver's page: a photo, a signature and the customer's code."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from tests.conftest import ROOT
from tests.live import LiveServer
from tests.ui.relay import Relay
from tests.ui.test_drive_page import opened


def test_photo_signature_and_code_reach_the_order_also_after_a_cut(
    chromium: Browser, live_server: LiveServer, tmp_path: Path
) -> None:
    driver = live_server.driver()
    order = live_server.order(driver["id"])
    live_server.update(order["id"], "arriving")
    (tmp_path / "door.txt").write_text("no picture")
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    with Relay(live_server.port) as relay:
        page = opened(context, f"http://127.0.0.1:{relay.port}", driver["token"])
        page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
        proof = page.get_by_role("group", name="Proof of delivery")
        relay.cut()
        expect(page.locator("#link-words")).to_have_text("No connection.")
        with page.expect_file_chooser() as chooser:
            proof.get_by_role("button", name="Photo").click()
        chooser.value.set_files(tmp_path / "door.txt")
        expect(page.locator("#problem")).to_contain_text("no picture")
        with page.expect_file_chooser() as chooser:
            proof.get_by_role("button", name="Photo").click()
        chooser.value.set_files(ROOT / "static" / "icons" / "app-512.png")
        expect(proof.get_by_role("button", name="Photo waits")).to_be_visible()
        page.reload()
        expect(page.get_by_role("button", name="Disconnect this phone")).to_be_visible()
        relay.mend()
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(proof.get_by_role("button", name="Photo sent")).to_be_visible()
        proof.get_by_role("button", name="Signature").click()
        pad = page.locator("#signature canvas")
        box = pad.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 40, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 90, steps=4)
        page.mouse.up()
        page.get_by_role("button", name="Keep").click()
        expect(proof.get_by_role("button", name="Signature sent")).to_be_visible()
        proof.get_by_role("button", name="Code").click()
        right = code_of(live_server, order)
        page.get_by_label("Four digits").fill("0000" if right != "0000" else "1111")
        page.get_by_role("button", name="Check the code").click()
        expect(page.locator("#problem")).to_contain_text("the proof was not taken")
        proof.get_by_role("button", name="Code").click()
        page.get_by_label("Four digits").fill(right)
        page.get_by_role("button", name="Check the code").click()
        expect(proof.get_by_role("button", name="Code sent")).to_be_visible()
    context.close()
    given = live_server.api.get(f"/api/v1/orders/{order['id']}/proof").json()["items"]
    assert [each["kind"] for each in given] == ["photo", "signature", "code"]


def code_of(server: LiveServer, order: dict[str, Any]) -> str:
    """The code that the customer's page shows."""
    more = server.api.get(f"/track/{order['trackingToken']}/more")
    assert more.status_code == 200, more.text
    return str(more.json()["code"])
