"""The activity log over HTTP: searched like on its page, and as a file without formulas."""

import csv
import io

import httpx
import pytest

from app.domain.access import Actor, Kind, Role
from tests.web.house import House

EVIL = Actor(Kind.USER, "=cmd|' /C calc'!A1", Role.ADMIN, "192.0.2.1")
EVA = Actor(Kind.USER, "eva", Role.ADMIN, "192.0.2.2")


@pytest.fixture
async def log(house: House) -> House:
    """A house in which things happened."""
    house.services.monitor.note("order.edited", EVIL, "@A1", {"fields": ['say "hi", 🛵\n']})
    house.services.monitor.note("order.status", EVA, "A2", {"status": "delivered"})
    house.services.monitor.note("login.ended", EVA)
    return house


async def kinds(client: httpx.AsyncClient, query: str) -> list[str]:
    answer = await client.get(f"/api/v1/activity?{query}")
    assert answer.status_code == 200, answer.text
    return [item["kind"] for item in answer.json()["items"]]


async def test_the_log_is_searched_by_person_order_kind_and_time(log: House) -> None:
    admin = await log.client_for("admin")
    assert await kinds(admin, "person=eva") == ["login.ended", "order.status"]
    assert await kinds(admin, "person=eva&person=nobody&kind=order.status") == ["order.status"]
    assert await kinds(admin, "order=A2") == ["order.status"]
    assert await kinds(admin, "kind=login.ended&kind=order.edited") == [
        "login.ended",
        "order.edited",
    ]
    assert await kinds(admin, "kind=") == []
    assert await kinds(admin, "to=2020-01-01T00:00:00Z") == []
    assert "order.edited" in await kinds(admin, "from=2020-01-01T00:00:00Z")
    wrong = await admin.get("/api/v1/activity?from=yesterday")
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (422, "from")
    assert (await admin.get("/api/v1/activity?person=" + "x" * 300)).status_code == 422
    assert (await admin.get("/api/v1/activity?format=xml")).status_code == 422


async def test_the_file_holds_all_that_fits_and_no_formula(log: House) -> None:
    for number in range(700):
        log.services.monitor.note("order.created", EVA, f"N{number}")
    browser = await log.browser("admin")
    answer = await browser.get("/api/v1/activity?format=csv&limit=5")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="activity.csv"'
    head, *rows = list(csv.reader(io.StringIO(answer.text)))
    assert head == ["at", "kind", "actorKind", "actorId", "address", "subject", "detail"]
    assert [row[5] for row in rows if row[1] == "order.created"] == [
        f"N{number}" for number in reversed(range(700))
    ]
    (evil,) = [row for row in rows if row[1] == "order.edited"]
    assert evil[3:6] == ["'=cmd|' /C calc'!A1", "192.0.2.1", "'@A1"]
    assert evil[6] == '{"fields":["say \\"hi\\", 🛵\\n"]}'
    some = await browser.get("/api/v1/activity?format=csv&kind=order.status")
    assert len(some.text.splitlines()) == 2


async def test_the_file_is_for_admins_only(log: House) -> None:
    for role in ("viewer", "dispatcher"):
        browser = await log.browser(role)
        assert (await browser.get("/api/v1/activity?format=csv")).status_code == 403
    assert (await log.nobody.get("/api/v1/activity?format=csv")).status_code == 401
