"""Who is off duty is asked about once, in the forms in which a driver is chosen."""

from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.errors import OnthewayError
from app.domain.times import MINUTE
from app.ui.orders.assigning import OffDuty, ago_words
from tests.ui.test_candidates import board_of


def form() -> OffDuty:
    """For Ann (d0) and Ben (d1), who are off duty, and Eve, who is on."""
    board = board_of(("Ann", None, 0, False), ("Ben", None, 0, False), ("Eve", None, 0, True))
    names = {live.driver.id: num for num, live in board.drivers.items()}
    board._driver_nums.update(names)
    visit: Any = SimpleNamespace(services=SimpleNamespace(board=board))
    return OffDuty(visit)


def test_each_driver_who_is_off_duty_is_asked_about_once() -> None:
    off_duty = form()
    assert [off_duty.words(f"d{num}") for num in range(4)] == [
        *("Ann is off duty.", "Ben is off duty.", "", "")
    ]
    for driver in ("d0", "d1"):
        with pytest.raises(OnthewayError, match=r"is off duty. Press .Assign. again") as refusal:
            off_duty.ask_once(driver, "Assign")
        assert refusal.value.code == "off_duty"
        off_duty.ask_once(driver, "Assign")
    for driver in ("d2", "gone", ""):
        off_duty.ask_once(driver, "Assign")


def test_a_short_while_ago_is_said_as_people_say_it() -> None:
    words = [ago_words(micros) for micros in (0, MINUTE - 1, MINUTE, 5 * MINUTE)]
    assert words == ["a moment ago", "a moment ago", "1 minute ago", "5 minutes ago"]
