"""Recorded traces, replayed through the real socket as fast as they are acked."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tests.conftest import QUIET_LIMITS, StartServer
from tests.live import LiveServer
from tests.system.lines import driver, viewer
from tests.system.trace_table import Fix, Played, expect, play_all, table

JUMP = "munich-x0001-001.gpx"
SPARSE_JUMP = "munich-x0001-015.gpx"


def test_every_trace_is_stored_once_in_order_with_its_flags(
    start_server: StartServer, traces: Path
) -> None:
    paths = sorted(traces.glob("*.gpx"))
    assert paths
    rows = asyncio.run(play_all(start_server(**QUIET_LIMITS), paths))
    sys.stdout.write("\n" + table(rows) + "\n")
    for row in rows:
        assert_stored_once_and_ordered(row)
        assert_flagged_as_expected(row)
        assert_never_backward(row)
        assert_second_replay_adds_nothing(row)


def assert_stored_once_and_ordered(row: Played) -> None:
    """Every distinct fix is there once; the list runs by time, equal times as they came."""
    stored = [(moment(item), item["lat"], item["lng"]) for item in row.items]
    assert sorted(stored) == sorted(row.expected.fixes), row.path.name
    assert [time for time, _, _ in stored] == sorted(time for time, _, _ in stored)
    assert row.summary.points == row.expected.points
    assert row.summary.distinct == row.summary.acked == len(stored)


def assert_flagged_as_expected(row: Played) -> None:
    """The flags of each fix are those that the contract's words give."""
    stored = {(moment(i), i["lat"], i["lng"]): set(i["flags"]) for i in row.items}
    pairs = zip(row.expected.fixes, row.expected.flags, strict=True)
    wrong = [(fix, stored[fix], flags) for fix, flags in pairs if stored[fix] != flags]
    assert wrong == [], row.path.name


def assert_never_backward(row: Played) -> None:
    """The viewer saw time run forward, and nothing that is flagged."""
    assert row.shown == sorted(set(row.shown)), row.path.name
    clean = {moment(item) for item in row.items if not item["flags"]}
    assert set(row.shown) <= clean


def assert_second_replay_adds_nothing(row: Played) -> None:
    """Everything is acked again, and nothing is new."""
    assert row.added == 0, row.path.name
    assert (row.again.acked, row.again.rejected) == (row.summary.acked, 0)


def moment(item: dict[str, str]) -> datetime:
    """When a stored position was recorded."""
    return datetime.fromisoformat(item["recordedAt"])


@pytest.mark.parametrize("name", [JUMP, "hof-005.gpx", "hof-059.gpx", "hof-097.gpx"])
async def test_viewer_who_keeps_up_sees_every_clean_fix_and_no_other(
    live_server: LiveServer, traces: Path, name: str
) -> None:
    expected = expect(traces / name)
    made = live_server.driver()
    order = live_server.order(made["id"])
    live_server.update(order["id"], "picked_up")
    async with viewer(live_server, order) as page, driver(live_server, made["token"]) as phone:
        for time, lat, lng in expected.fixes:
            # One frame each: nothing is a backlog, of which only the newest is shown.
            fix = {"orderId": order["id"], "recordedAt": time.isoformat(), "lat": lat, "lng": lng}
            await phone.say(fix)
        shown: list[Fix] = []
        while not shown or shown[-1][0] != expected.newest_shown:
            message = await page.hear_kind("location_update")
            time = datetime.fromisoformat(message["recordedAt"])
            shown.append((time, message["lat"], message["lng"]))
        assert await page.so_far() == []
    pairs = zip(expected.fixes, expected.flags, strict=True)
    assert shown == [fix for fix, flags in pairs if not flags]


def test_the_jump_of_470_metres_is_expected_exactly_where_it_is(traces: Path) -> None:
    found = expect(traces / JUMP)
    assert [
        number
        for number, flags in zip(found.numbers, found.flags, strict=True)
        if "teleport" in flags
    ] == [619]
    sparse = expect(traces / SPARSE_JUMP)
    assert not any(sparse.flags)
