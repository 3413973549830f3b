"""Who is offered when an order is given to somebody."""

from dataclasses import replace
from time import process_time
from typing import Any, Final

from app.domain.geo import Place
from app.domain.order import Status
from app.domain.preferences import Thresholds
from app.domain.times import HOUR
from app.tracking.board import Board, LiveDriver, Marker
from app.tracking.records import Driver, Order, OrderDetails, Spotted
from app.ui.kit.candidates import candidates, meeting_place, near_words

NOW: Final = 1_795_426_200_000_000
DOOR: Final = Place(48.1, 11.5)


def board_of(*drivers: tuple[str, float | None, int, bool]) -> Board:
    """Drivers by name, how far north of the door (km, None: nowhere), how long ago, and duty."""
    board: Any = Board(None)  # type: ignore[arg-type]
    for num, (name, km, age, on_duty) in enumerate(drivers):
        made = Driver(
            num=num,
            id=f"d{num}",
            name=name,
            vehicle=None,
            phone=None,
            on_duty=on_duty,
            created_at=NOW,
            deleted_at=None,
        )
        board.drivers[num] = LiveDriver(made)
        if km is not None:
            north = DOOR.lat + km / 111.195
            marker = Marker(north, DOOR.lng, NOW - age, None, None, None, None)
            board.drivers[num].marker = marker
    return board  # type: ignore[no-any-return]


def offered(board: Board, text: str = "", place: Place | None = DOOR) -> list[str]:
    """The names and distances, in their order."""
    found, _ = candidates(
        board, text, 20, place, online=lambda num: num != 9, now=NOW, thresholds=Thresholds()
    )
    return [f"{one.live.driver.name} {one.away}".strip() for one in found]


BOARD: Final = board_of(
    ("Away Ann", 0.1, 0, False),
    ("Far Fay", 12, 0, True),
    ("Near Nat", 1.24, 0, True),
    ("Lost Lou", 0.5, 3 * HOUR, True),
    ("New Ned", None, 0, True),
    ("<b>Bo</b>", 0.349, 0, True),
    ("Ann", 1, 0, False),
    ("Zed Ann", 2, 0, True),
    ("Annie", 7, 0, True),
    ("Unplugged Uli", 0.2, 0, True),
)


def test_those_on_duty_and_near_come_first_and_those_off_duty_last() -> None:
    assert offered(BOARD) == [
        "<b>Bo</b> 350 m away",
        "Near Nat 1.2 km away",
        "Zed Ann 2.0 km away",
        "Annie 7.0 km away",
        "Far Fay 12.0 km away",
        "Unplugged Uli 200 m away",
        "Lost Lou last seen 500 m away",
        "New Ned",
        "Ann",
        "Away Ann",
    ]


def test_a_name_that_is_typed_leads_to_whoever_has_it() -> None:
    assert offered(BOARD, "ann") == ["Ann", "Annie 7.0 km away", "Zed Ann 2.0 km away", "Away Ann"]
    assert offered(BOARD, "N", None)[:3] == ["Near Nat", "New Ned", "Annie"]


def test_of_thousands_few_are_offered_and_soon() -> None:
    board = board_of(*((f"Ana {num}", num / 100, 0, num % 3 > 0) for num in range(3_000)))
    begin = process_time()
    found, count = candidates(
        board, "ana", 20, DOOR, online=lambda _: True, now=NOW, thresholds=Thresholds()
    )
    assert process_time() - begin < 0.1
    assert (len(found), count) == (20, 3_000)
    assert [one.live.driver.num for one in found[:3]] == [1, 2, 4]


def test_a_driver_goes_to_the_pick_up_and_then_to_the_door() -> None:
    shop = Place(48.2, 11.5)
    order = Order(
        num=1,
        id="o1",
        status=Status.ASSIGNED,
        seq=1,
        driver_num=None,
        driver_id=None,
        details=OrderDetails(destination=Spotted(place=DOOR), pickup=Spotted(place=shop)),
        created_at=NOW,
        updated_at=NOW,
        ended_at=None,
    )
    assert meeting_place(order) == shop
    assert meeting_place(replace(order, status=Status.PICKED_UP)) == DOOR
    without = replace(order, details=replace(order.details, pickup=Spotted(address="Shop")))
    assert meeting_place(without) == DOOR
    assert meeting_place(replace(order, details=OrderDetails())) is None


def test_ways_are_said_as_people_say_them() -> None:
    words = [near_words(metres) for metres in (0, 44, 994, 996, 12_345)]
    assert words == ["0 m", "40 m", "990 m", "1.0 km", "12.3 km"]
