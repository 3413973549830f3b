"""The activity log: refusals are noted, a flood of them is not."""

from app.domain.limits import Rate
from app.tracking.monitor import Monitor
from app.tracking.throttle import Buckets
from tests.tracking.conftest import ADMIN, Desk


async def test_a_refused_page_is_noted_with_its_address(desk: Desk) -> None:
    desk.services.monitor.refused("page", "192.0.2.7", "revoked")
    (entry, *_), _ = await desk.services.store.activity.page(None, 10)
    assert (entry.kind, entry.address, entry.detail) == (
        "page.refused",
        "192.0.2.7",
        {"code": "revoked"},
    )


async def test_a_flood_of_refusals_from_one_address_does_not_fill_the_log(desk: Desk) -> None:
    log = desk.services.store.activity
    monitor = Monitor(log, lambda: 1, Buckets(Rate(1, 3), lambda: 0.0))
    for _ in range(10):
        monitor.refused("viewer", "192.0.2.7", "not_authenticated")
    monitor.refused("viewer", "192.0.2.8", "not_authenticated")
    monitor.note("order.edited", ADMIN, "A1")
    entries, _ = await log.page(None, 50)
    addresses = [entry.address for entry in entries if entry.kind == "viewer.refused"]
    assert sorted(addresses, key=str) == ["192.0.2.7"] * 3 + ["192.0.2.8"]
    assert entries[0].kind == "order.edited"
