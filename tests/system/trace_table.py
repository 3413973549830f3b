"""Recorded traces through the real socket, and a table of what became of them.

What is expected is worked out here from the files alone, by the contract's definitions; nothing
of the product's own judgement is used. Run it: ``python -m tests.system.trace_table``.
"""

import asyncio
import math
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from app.simulator.replay import FileSummary, replay
from tests.conftest import QUIET_LIMITS, TRACES
from tests.live import LiveServer
from tests.system.lines import Line, viewer

FLAGS: Final = ("late", "repeated", "same_time", "future", "teleport", "inaccurate")
GPX: Final = "{http://www.topografix.com/GPX/1/1}"
TOPSPEED: Final = 70.0
VAGUE: Final = 100.0
AT_ONCE: Final = 4
"""Traces that are on their way at the same time."""

Place = tuple[float, float]
Fix = tuple[datetime, float, float]


@dataclass
class Expected:
    """A file, as it must be stored: distinct fixes in their order, and the flags of each."""

    points: int = 0
    fixes: list[Fix] = field(default_factory=list)
    flags: list[set[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    """The place in the file of each distinct fix, from 0."""

    @property
    def newest_shown(self) -> datetime:
        """The time of the newest fix that may move a marker."""
        return max(fix[0] for fix, flags in zip(self.fixes, self.flags, strict=True) if not flags)


@dataclass
class Played:
    """What became of one file."""

    path: Path
    expected: Expected
    summary: FileSummary
    again: FileSummary
    items: list[dict[str, Any]]
    added: int
    """Positions that the second replay added."""
    shown: list[datetime]
    """The times of the positions that a viewer saw, in the order in which he saw them."""


def expect(path: Path) -> Expected:
    """Read a GPX file and judge its fixes as the contract says (section 5, flags)."""
    found = Expected()
    seen: set[Fix] = set()
    judge = Judge()
    for element in ET.parse(path).iter(f"{GPX}trkpt"):
        time = element.findtext(f"{GPX}time")
        assert time is not None
        lat, lng = float(element.attrib["lat"]), float(element.attrib["lon"])
        fix = (datetime.fromisoformat(time).astimezone(UTC), lat, lng)
        vague = [float(e.text or 0) for e in element.iter() if e.tag.endswith("}accuracy")]
        found.points += 1
        if fix not in seen:
            seen.add(fix)
            found.fixes.append(fix)
            found.flags.append(judge.flags(fix, vague[0] if vague else 0.0))
            found.numbers.append(found.points - 1)
    return found


class Judge:
    """Flags of one driver's fixes as they arrive, each with another content than all before."""

    def __init__(self) -> None:
        self._times: set[datetime] = set()
        self._good: Fix | None = None
        self._doubted: Fix | None = None

    def flags(self, fix: Fix, accuracy: float) -> set[str]:
        """The flags of the next fix."""
        time, found = fix[0], set()
        if accuracy > VAGUE:
            found.add("inaccurate")
        if time in self._times:
            found.add("same_time")
        self._times.add(time)
        if self._good is not None and time < self._good[0]:
            return found | {"late"}
        if "same_time" in found:
            return found
        if self._good is None or speed(self._good, fix) <= TOPSPEED:
            self._accept(fix, found)
        elif self._doubted is not None and speed(self._doubted, fix) <= TOPSPEED:
            # Two in a row that agree with each other: there he is.
            self._accept(fix, found)
        else:
            found.add("teleport")
            self._doubted = None if "inaccurate" in found else fix
        return found

    def _accept(self, fix: Fix, found: set[str]) -> None:
        if not found:
            self._good = fix
        self._doubted = None


def speed(before: Fix, after: Fix) -> float:
    """Metres per second between two fixes, along a great circle (spherical law of cosines)."""
    lat1, lat2 = math.radians(before[1]), math.radians(after[1])
    turn = math.radians(after[2] - before[2])
    cosine = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(turn)
    metres = 6_371_008.8 * math.acos(max(-1.0, min(1.0, cosine)))
    return metres / (after[0] - before[0]).total_seconds()


async def play_all(server: LiveServer, paths: list[Path]) -> list[Played]:
    """Play each file twice, as its own order with its own driver and a customer who looks on."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(path: Path) -> Played:
        async with gate:
            return await play(server, path)

    return list(await asyncio.gather(*map(one, paths)))


async def play(server: LiveServer, path: Path) -> Played:
    """Play one file twice."""
    expected = await asyncio.to_thread(expect, path)
    made = server.driver(path.stem)
    order = server.order(made["id"])
    server.update(order["id"], "picked_up")
    async with viewer(server, order) as page:
        looking = asyncio.create_task(look(page, expected.newest_shown))
        wishes: dict[str, Any] = {"url": server.url, "token": made["token"], "speed": None}
        wishes["order_id"] = order["id"]
        (summary,) = await replay([path], **wishes)
        shown = await looking
        items = server.positions(order["id"])
        (again,) = await replay([path], **wishes)
        shown += times(await page.so_far())
    added = len(server.positions(order["id"])) - len(items)
    return Played(path, expected, summary, again, items, added, shown)


async def look(page: Line, until: datetime) -> list[datetime]:
    """Look on until the newest fix was shown; the times of all."""
    shown: list[datetime] = []
    while not shown or shown[-1] != until:
        shown += times([await page.hear(60)])
    return shown


def times(messages: list[dict[str, Any]]) -> list[datetime]:
    """When the positions among these messages were recorded."""
    found = [m["recordedAt"] for m in messages if m["type"] == "location_update"]
    return [datetime.fromisoformat(text) for text in found]


def table(rows: list[Played]) -> str:
    """The rows as a Markdown table, with their sums."""
    head = ("file", "points", "distinct", "stored", *FLAGS, "seen live", "second replay adds")
    lines = [cells(row) for row in rows]
    sums = [str(sum(int(line[column]) for line in lines)) for column in range(1, len(head))]
    whole = [head, *lines, ("all", *sums)]
    widths = [max(len(line[column]) for line in whole) for column in range(len(head))]
    padded = [
        [text.rjust(width) if n else text.ljust(width) for n, (text, width) in enumerate(pairs)]
        for pairs in (list(zip(line, widths, strict=True)) for line in whole)
    ]
    rule = ["-" * width if not n else "-" * (width - 1) + ":" for n, width in enumerate(widths)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [padded[0], rule, *padded[1:]])


def cells(row: Played) -> tuple[str, ...]:
    """One row as text."""
    counts = Counter(flag for item in row.items for flag in item["flags"])
    numbers = [row.expected.points, row.summary.distinct, len(row.items)]
    numbers += [counts[flag] for flag in FLAGS]
    return (row.path.name, *map(str, [*numbers, len(row.shown), row.added]))


def main() -> None:
    """Print the table, against a server of its own."""
    paths = sorted(TRACES.glob("*.gpx"))
    if not paths:
        sys.exit(f"Recorded traces not found at {TRACES}.")
    with (
        tempfile.TemporaryDirectory() as folder,
        LiveServer(Path(folder) / "data", QUIET_LIMITS) as server,
    ):
        rows = asyncio.run(play_all(server, paths))
    sys.stdout.write(table(rows) + "\n")


if __name__ == "__main__":
    main()
