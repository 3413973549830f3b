"""Windows come of what was learned, by the local hour."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from app.domain.eta import DEFAULT, Calibration, Outlook, Pace, Rest, Window
from app.domain.geo import Located, Place
from app.domain.lessons import Lesson, Sample, add, learn, nothing
from app.domain.order import Status
from app.domain.position import Fix
from app.domain.times import HOUR, MINUTE, SECOND
from app.protocol.driver import Point
from app.tracking.arrivals import Arrivals
from app.tracking.board import Board, LiveDriver, LiveOrder, begun
from app.tracking.records import Driver, Order, OrderDetails, OrderEvent, Spotted

BERLIN = ZoneInfo("Europe/Berlin")
NOON = 1_795_604_400 * SECOND
"""12 o'clock in Berlin."""
SLOW = add(nothing(), learn([Sample(NOON, Rest(600.0, 1.0, 0.0), 1_200.0)], DEFAULT), 300)
START, DOOR = Place(48.1, 11.5), Place(48.15, 11.5)
PACE = Pace(10.0, START, NOON, since=NOON)


class Shelf:
    """Lessons that wait to be learned, one order each."""

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        self.kept: dict[int, Lesson] = {}
        self.hours: set[int] = set()
        self.read = 0

    async def all(self) -> dict[int, Lesson]:
        """What is kept."""
        self.read += 1
        return dict(self.kept)

    async def learn(self, hour_of: Callable[[int], int], known: Sequence[Calibration]) -> bool:
        """One more."""
        assert len(known) == 24
        if not self.waiting:
            return False
        self.waiting -= 1
        self.hours.add(hour_of(NOON))
        self.kept = {12: SLOW}
        return True


async def test_hours_are_those_of_the_zone_also_where_clocks_are_set() -> None:
    arrivals = Arrivals(Shelf(0), BERLIN)
    assert arrivals.hour_of(NOON) == 12
    assert arrivals.hour_of(NOON + HOUR - 1) == 12
    assert arrivals.hour_of(NOON + HOUR) == 13
    assert arrivals.hour_of(NOON - 180 * 24 * HOUR) == 13


async def test_lesson_changes_the_windows_of_its_hour_most() -> None:
    shelf = Shelf(1)
    arrivals = Arrivals(shelf, BERLIN)
    before = arrivals.rest(PACE, DOOR)
    while await arrivals.learn():
        pass
    after = arrivals.rest(PACE, DOOR)
    evening = Pace(10.0, START, NOON + 8 * HOUR, since=NOON + 8 * HOUR)
    assert before is not None and after is not None
    assert after > before * 1.3
    assert before < (arrivals.rest(evening, DOOR) or 0) <= after
    assert (shelf.hours, shelf.read) == ({12}, 1)


async def test_many_lessons_are_taken_in_together() -> None:
    shelf = Shelf(50)
    arrivals = Arrivals(shelf, BERLIN)
    while await arrivals.learn():
        pass
    assert shelf.read == 3
    assert not await arrivals.learn()
    assert shelf.read == 3


class Router:
    """Another estimator: one that knows the roads."""

    def __init__(self) -> None:
        self.asked = 0

    def rest(self, pace: Pace, destination: Located) -> float | None:
        """Ten minutes, but for who is nowhere."""
        assert destination == DOOR
        self.asked += 1
        return 600.0 if pace.place else None

    def window(self, outlook: Outlook) -> Window | None:
        """To the second."""
        arrives = outlook.at + round(outlook.seconds) * SECOND
        return Window(arrives, arrives)


ORDER = Order(
    num=1,
    id="A1",
    status=Status.IN_TRANSIT,
    seq=1,
    driver_num=1,
    driver_id="d",
    details=OrderDetails(destination=Spotted(place=DOOR)),
    created_at=0,
    updated_at=0,
    ended_at=None,
)


def _point() -> Point:
    return Point(Fix(START.lat, START.lng), None, None)


def test_way_begins_with_the_pick_up_and_is_not_known_before_its_history_is_read() -> None:
    order = replace(ORDER, status=Status.PICKED_UP)
    live = LiveOrder(order)
    assert begun(live, NOON) == 0
    made = OrderEvent(
        seq=1,
        status=Status.ASSIGNED,
        at=NOON,
        note=None,
        actor_kind="user",
        actor_id="ada",
        address=None,
    )
    live.events = [made]
    assert begun(live, NOON + MINUTE) == NOON + MINUTE
    live.events += [
        replace(made, seq=seq, status=status, at=NOON + seq)
        for seq, status in enumerate((Status.PICKED_UP, Status.IN_TRANSIT), start=2)
    ]
    assert begun(live, NOON + MINUTE) == NOON + 2


def test_another_estimator_can_take_its_place_and_is_asked_now_and_then() -> None:
    router = Router()
    board = Board(None, router)  # type: ignore[arg-type]  # nothing is read here
    man = Driver(num=1, id="d", name="Ana", vehicle=None, phone=None, on_duty=True, created_at=0)
    live = LiveOrder(ORDER)
    board.drivers[1] = driver = LiveDriver(man)
    assert board.eta(live) is None
    live.marker = driver.marker = board.move_driver(driver, _point(), NOON)
    assert board.eta(live) == board.eta(live) == Window(NOON + 600 * SECOND, NOON + 600 * SECOND)
    assert router.asked == 1
    for passed in (1, 4, 5):
        board.move_driver(driver, _point(), NOON + passed * SECOND)
        assert board.eta(live) is not None
        assert router.asked == (1 if passed < 5 else 2)
    found = board.eta(live)
    assert found is not None
    elsewhere = Spotted(place=Place(DOOR.lat, DOOR.lng))
    live.order = replace(ORDER, details=OrderDetails(destination=elsewhere))
    assert board.eta(live) is not None
    assert router.asked == 3
    assert NOON + 600 * SECOND < found.end < NOON + 602 * SECOND
