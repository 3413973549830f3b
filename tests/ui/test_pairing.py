"""A phone is connected, and a silence is explained, in a real browser."""

from urllib.parse import quote

import httpx
from playwright.sync_api import Browser, expect

from tests.live import LiveServer
from tests.ui.desk import desk


def test_each_app_has_a_code_and_a_link_and_the_card_says_what_became_of_it(
    chromium: Browser, live_server: LiveServer
) -> None:
    made = live_server.driver("Pia Paired")
    old = made["token"]
    with desk(chromium, live_server) as staff:
        page = staff.sign_in("dispatcher", path=f"/admin?driver={made['id']}")
        card = page.get_by_label("Details")
        card.get_by_role("button", name="Connect a phone").click()
        question = page.get_by_role("dialog", name="Connect a phone of Pia Paired?")
        question.get_by_role("button", name="Make new token").click()
        dialog = page.get_by_role("dialog", name="A new token for Pia Paired")
        expect(dialog).to_contain_text("shown only now")
        token = dialog.get_by_label("Token", exact=True).text_content()
        address = f"{live_server.url}/ingest/{token}"
        links = {
            "Traccar Client": f"org.traccar.client://config?url={quote(address, safe='')}",
            "OwnTracks": "owntracks:///config?inline=",
            "GPSLogger": f"gpslogger://properties/{address}/driver.properties",
            "Overland": f"overland://setup?url={quote(address, safe='')}",
        }
        for app, link in links.items():
            dialog.get_by_role("button", name=app).click()
            picture = dialog.get_by_alt_text(f"QR code for {app}")
            expect(picture).to_have_js_property("complete", True)
            shown = dialog.get_by_label("Link to open on the phone")
            expect(shown).to_contain_text(link)
        dialog.get_by_role("button", name="OsmAnd").click()
        expect(dialog.get_by_label("Web address")).to_contain_text(
            f"{address}?app=osmand&lat={{0}}"
        )
        dialog.get_by_role("button", name="OwnTracks").click()
        with page.expect_download() as download:
            dialog.get_by_role("button", name="Save driver.otrc").click()
        assert download.value.suggested_filename == "driver.otrc"
        dialog.get_by_role("button", name="Done").click()
        assert httpx.get(f"{live_server.url}/ingest/{old}?id=1&lat=1&lon=1").status_code == 401
        location = {"_type": "location", "lat": 48.1, "lon": 11.5, "tst": 1_777_622_400, "batt": 9}
        assert httpx.post(address, json=location).content == b"[]"
        expect(card).to_contain_text("OwnTracks")
        expect(card).to_contain_text("stored")
        denied = {"locationManagerAuthorizationStatus": "kCLAuthorizationStatusDenied"}
        httpx.post(address, json={"_type": "status", "iOS": denied})
        expect(card.get_by_text("Last words: location permission lost")).to_be_visible()
        expect(card).to_contain_text("battery 9 %")
        card.get_by_role("button", name="Locate now").click()
        expect(page.get_by_text("Pia Paired will be asked when the phone reports")).to_be_visible()
        expect(card.get_by_text("Asked for a position: the phone is told when")).to_be_visible()
        page.goto(f"{live_server.url}/admin/drivers?q=Pia")
        clues = page.get_by_text("location permission lost · battery 9 % · OwnTracks")
        expect(clues).to_be_visible()
        page.get_by_role("button", name="Actions for Pia Paired").click()
        page.get_by_role("menuitem", name="Watch messages").click()
        watched = page.get_by_role("dialog", name="Messages of Pia Paired")
        expect(watched.get_by_text("Nothing yet.")).to_be_visible()
        httpx.post(address, json=location)
        expect(watched.locator(".raw-line").first).to_contain_text("POST /ingest/[hidden]")
        expect(watched.locator(".raw-line").last).to_contain_text("200 []")
        assert str(token) not in watched.inner_text()
