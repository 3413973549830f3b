"""The words for when it will be there."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from app.domain.eta import Window
from app.domain.order import Status
from app.domain.times import MINUTE, SECOND
from app.ui.track.view import Seen, view
from app.ui.track.words import Times

NOW = 1_795_604_400 * SECOND
"""11:00 in UTC."""
TIMES = Times(ZoneInfo("UTC"), date(2026, 11, 25))


def said(status: Status, begin: int, end: int) -> tuple[str, str | None]:
    """The sentence and the line below it, with a window so many minutes from now."""
    seen = Seen(
        order_id="A1",
        status=status,
        timeline=[(Status.PENDING, NOW - 30 * MINUTE), (status, NOW - MINUTE)],
        name="Ana",
        vehicle=None,
        eta=Window(NOW + begin * MINUTE, NOW + end * MINUTE),
        window=None,
        fix_at=NOW,
        address=None,
        note=None,
        business=None,
        has_map=True,
    )
    shown = view(seen, TIMES, NOW)
    return "".join(text for _, text in shown["sentence"]), shown["more"]


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [
        (5, 15, "11:05\u201311:15"),
        (1, 11, "11:01\u201311:11"),
        (1, 10, "in a few minutes"),
        (-1, 1, "in a few minutes"),
    ],
)
def test_what_is_near_is_said_in_words_and_not_in_times(begin: int, end: int, words: str) -> None:
    assert said(Status.IN_TRANSIT, begin, end) == (f"Ana is on the way, arriving {words}.", None)
    assert said(Status.PICKED_UP, begin, end)[1] == f"Arriving {words}."


def test_window_that_is_over_is_not_said() -> None:
    assert said(Status.IN_TRANSIT, -5, 0) == ("Ana is on the way.", None)
