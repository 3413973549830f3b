"""Reports over local days, and the peaks of now."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from app.domain.access import Actor, Kind
from app.domain.days import QUARTER, quarter_of
from app.domain.errors import OnthewayError
from app.domain.times import SECOND
from app.tracking.hub import Hub
from app.tracking.insights import MOST_DAYS, InsightDesk
from tests.tracking.conftest import ADMIN, Desk, Recorder

NOBODY = Actor(Kind.NOBODY, "")
DAY = date(2026, 11, 26)
BERLIN = ZoneInfo("Europe/Berlin")
NOW = quarter_of(1_795_600_000 * SECOND)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 27), DAY),
        (date(2011, 12, 31), date(2012, 1, 1)),
        (DAY, date(9999, 12, 31)),
        (DAY, date.fromordinal(DAY.toordinal() + MOST_DAYS)),
    ],
)
async def test_days_that_are_no_range_are_refused(desk: Desk, first: date, last: date) -> None:
    with pytest.raises(OnthewayError) as refused:
        await desk.services.insights.report(first, last, BERLIN, ADMIN)
    assert refused.value.code == "invalid_field"


async def test_who_may_not_read_gets_no_figures(desk: Desk) -> None:
    for wanted in (
        desk.services.insights.report(DAY, DAY, BERLIN, NOBODY),
        desk.services.insights.today(BERLIN, NOBODY),
    ):
        with pytest.raises(OnthewayError) as refused:
            await wanted
        assert refused.value.code == "not_authenticated"


async def test_the_longest_report_ends_with_the_last_day(desk: Desk) -> None:
    first = date.fromordinal(DAY.toordinal() - MOST_DAYS + 1)
    found = await desk.services.insights.report(first, DAY, BERLIN, ADMIN)
    assert (next(iter(found.days)), list(found.days)[-1]) == (first, DAY)
    assert found.empty


async def test_the_most_of_each_quarter_of_an_hour_is_kept(desk: Desk) -> None:
    clock = [NOW]
    hub, insights = Hub(), desk.services.store.insights
    watcher = InsightDesk(insights, hub, lambda: clock[0])
    phones = [Recorder(), Recorder()]
    for driver_num, online, seconds in (
        (1, True, 0),
        (2, True, 30),
        (1, False, 70),
        (2, False, 90),
    ):
        change = hub.connect_driver if online else hub.disconnect_driver
        change(driver_num, phones[driver_num - 1])
        clock[0] = NOW + seconds * SECOND
        watcher.look()
    clock[0] = NOW + QUARTER
    watcher.look()
    hub.connect_driver(1, phones[0])
    clock[0] = NOW + QUARTER + 61 * SECOND
    watcher.look()
    await desk.services.store.healthy()
    found = await insights.quarters(NOW, NOW + 2 * QUARTER)
    assert [(one.begin, one.drivers) for one in found] == [(NOW, 2), (NOW + QUARTER, 1)]


async def test_while_nobody_is_there_nothing_is_written(desk: Desk) -> None:
    clock = [NOW]
    watcher = InsightDesk(desk.services.store.insights, Hub(), lambda: clock[0])
    for _ in range(40):
        clock[0] += 60 * SECOND
        watcher.look()
    await desk.services.store.healthy()
    assert await desk.services.store.insights.quarters(0, 2**62) == []
