"""Recorded trips, as the product would have known them."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final

from app.domain.geo import Place, near_distance
from app.domain.position import KEEPS_MARKER, Flag, Trail
from app.domain.times import MINUTE, SECOND
from app.simulator.tracks import TrackError, read_track

EVERY: Final = 15 * SECOND
SHORTEST: Final = 2 * MINUTE
SAME_PLACE: Final = 300.0
"""Metres within which two trips that begin at one time are one drive, recorded twice."""

Fixes = list[tuple[Place, int]]


@dataclass(frozen=True)
class Trip:
    """One trip: its good fixes by time. Its destination is where it ends."""

    name: str
    fixes: Fixes

    @property
    def begin(self) -> int:
        """The time of the first fix."""
        return self.fixes[0][1]

    @property
    def end(self) -> int:
        """The time of the last fix: the arrival."""
        return self.fixes[-1][1]

    @property
    def destination(self) -> Place:
        """Where it ends."""
        return self.fixes[-1][0]

    @cached_property
    def moments(self) -> list[int]:
        """When something is foretold: every 15 seconds from the first fix on."""
        return list(range(self.begin, self.end, EVERY))

    @cached_property
    def parts(self) -> dict[str, list[int]]:
        """By "time" and by "distance": in which third of the trip each moment lies (0, 1, 2)."""
        passed = [0.0]
        for (a, _), (b, _) in pairwise(self.fixes):
            passed.append(passed[-1] + near_distance(a, b))
        driven: list[float] = []
        index = 0
        for moment in self.moments:
            while index + 1 < len(self.fixes) and self.fixes[index + 1][1] <= moment:
                index += 1
            driven.append(passed[index])
        whole = self.end - self.begin
        return {
            "time": [(moment - self.begin) * 3 // whole for moment in self.moments],
            "distance": [min(2, int(metres * 3 / (passed[-1] or 1))) for metres in driven],
        }

    def same_drive(self, other: "Trip") -> bool:
        """Whether the other is this drive, recorded at another rate."""
        near = near_distance(self.fixes[0][0], other.fixes[0][0]) < SAME_PLACE
        return near and abs(self.begin - other.begin) < MINUTE


def read_trips(folder: Path) -> tuple[list[Trip], list[str]]:
    """The trips of all GPX files in the folder, and a line for each that is of no use."""
    trips, refused = [], []
    for path in sorted(folder.glob("*.gpx")):
        try:
            fixes = good_fixes(path)
        except TrackError as error:
            refused.append(str(error))
            continue
        if len(fixes) < 3 or fixes[-1][1] - fixes[0][1] < SHORTEST:
            refused.append(f"{path.name}: is shorter than two minutes")
        else:
            trips.append(Trip(path.stem, fixes))
    return trips, refused


def good_fixes(path: Path) -> Fixes:
    """The fixes of a file that would have moved the live marker. Raises `TrackError`."""
    trail, times, fixes = Trail(), set[int](), []
    for point in read_track(path):
        known = int(Flag.SAME_TIME) if point.time in times else 0
        times.add(point.time)
        flags = trail.judge(point.lat, point.lng, point.time, point.accuracy, known)
        if not flags & int(KEEPS_MARKER):
            fixes.append((Place(point.lat, point.lng), point.time))
    return fixes
