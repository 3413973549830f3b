"""Lists: each page and each search of a business with a year behind it, one at a time.

Those that the API has are asked for as a client does it; what only pages show is asked of the same
services in this process, on the same database.
"""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from functools import partial
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.access import SYSTEM
from app.storage.store import SqlStore, open_store
from app.tracking.hub import Hub
from app.tracking.insights import InsightDesk
from app.tracking.records import OrderBy, OrderFilter, OrderSort
from tests.bench.api import Api
from tests.bench.business import Business
from tests.bench.figures import Figure, Goal
from tests.bench.meter import run
from tests.bench.questions import FAR, MOST, Question, questions_of
from tests.bench.table import OWN
from tests.bench.workload import Bench, Workload

PAGE: Final = 50
"""Rows that a page of the dashboard shows at once."""
ZONE: Final = ZoneInfo("Europe/Berlin")
REPORTS: Final = {f"insights of {days} days": days for days in (30, 365)}

Ask = Callable[[], Awaitable[object]]
Times = dict[str, list[float]]


def _lists(bench: Bench) -> Figure:
    """Milliseconds of the slowest list, as the median of its answers; beside it each list's, and
    the reports', which are no lists."""
    business, count = bench.business(), bench.sizes.list_requests
    with bench.product.started(business.data) as ready:
        api = Api(ready.port, business.key)
        try:
            times = _over_http(api, business, count)
        finally:
            api.close()
    times |= run(_in_process(business, count))
    middles = {name: 1_000 * median(taken) for name, taken in times.items()}
    lists = times.keys() - REPORTS.keys()
    worst = 1_000 * max(max(times[name]) for name in lists)
    return Figure(max(middles[name] for name in lists), {"slowest single answer": worst, **middles})


def _over_http(api: Api, business: Business, count: int) -> Times:
    times: Times = {}
    for question in questions_of(business, int(time.time())):
        address = question.page(_cursor(api, question))
        api.timed(address, whole=question.whole)
        times[question.name] = [api.timed(address, whole=question.whole) for _ in range(count)]
    return times


def _cursor(api: Api, question: Question) -> str | None:
    """Of the page that is meant; of the last that there is, if there are fewer."""
    cursor = None
    for _ in range(question.turned):
        following = json.loads(api.get(question.page(cursor, MOST)))["next"]
        if following is None:
            break
        cursor = str(following)
    return cursor


async def _in_process(business: Business, count: int) -> Times:
    store = await open_store(business.data)
    times: Times = {}
    try:
        async for name, ask in _of_pages(store):
            await ask()
            times[name] = [await _timed(ask) for _ in range(count)]
    finally:
        await store.close()
    return times


async def _of_pages(store: SqlStore) -> AsyncIterator[tuple[str, Ask]]:
    """What pages show and the API has not, each with the way to ask for it."""
    desk = InsightDesk(store.insights, Hub(), lambda: time.time_ns() // 1_000)
    today = date.today()
    for name, days in REPORTS.items():
        first = today - timedelta(days=days - 1)
        yield name, partial(desk.report, first, today, ZONE, SYSTEM)
    yield "all drivers' day", partial(desk.today, ZONE, SYSTEM)
    for by in OrderBy:
        sort = OrderSort(by, descending=False)
        for text, how in ((None, "all"), ("garden", "found")):
            wanted = OrderFilter(text=text)
            _, cursor = await store.orders.page(wanted, None, FAR * MOST, sort)
            for after, where in ((None, ""), (cursor, " far on")):
                ask = partial(store.orders.page, wanted, after, PAGE, sort)
                yield f"{how} by {by}{where}", ask


async def _timed(ask: Ask) -> float:
    begin = time.perf_counter()
    await ask()
    return time.perf_counter() - begin


WORKLOAD: Final = Workload(
    name="lists",
    title="Lists and searches, the slowest of them",
    unit="ms until it is there",
    goals=(Goal(limit=100),),
    contenders=lambda bench: {OWN: lambda: _lists(bench)},
)
