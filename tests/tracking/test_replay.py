"""How closely the past of the fleet is read, and where it begins when nobody says a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.times import HOUR, MINUTE, SECOND
from app.tracking.replay import BUDGET, CLOSEST_STEP, LONGEST, newest_work, step_of

NOON = 1_000_000 * HOUR


class Past:
    """The times of the fleet's positions."""

    def __init__(self, *times: int) -> None:
        self._times = times

    async def first(self, since: int) -> int | None:
        """The first from then on."""
        return min((at for at in self._times if at >= since), default=None)


@pytest.mark.parametrize(
    ("times", "begin"),
    [
        ([NOON - 2 * HOUR, NOON - HOUR, NOON - MINUTE], NOON - HOUR),
        ([NOON - 2 * HOUR, NOON - 20 * SECOND], NOON),
        ([NOON - 3 * HOUR, NOON - 3 * HOUR + 90 * SECOND], NOON - 3 * HOUR),
    ],
)
async def test_it_is_the_first_full_minute_of_the_newest_hour_with_somebody_at_work(
    times: list[int], begin: int
) -> None:
    assert await newest_work(Past(*times), max(times)) == begin  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("length", "drivers", "seconds"),
    [
        (15 * MINUTE, 0, 5),
        (15 * MINUTE, 500, 5),
        (15 * MINUTE, 501, 6),
        (15 * MINUTE, 3_000, 30),
        (HOUR, 300, 12),
        (4 * HOUR, 30, 5),
        (24 * HOUR, 30, 29),
    ],
)
def test_of_a_long_time_and_of_many_fewer_positions_are_read(
    length: int, drivers: int, seconds: int
) -> None:
    assert step_of(length, drivers) == seconds * SECOND


@given(length=st.integers(0, LONGEST), drivers=st.integers(0, 50_000))
def test_all_that_is_read_stays_within_the_budget_and_no_closer_step_would(
    length: int, drivers: int
) -> None:
    step = step_of(length, drivers)
    assert step % SECOND == 0
    assert step >= CLOSEST_STEP
    assert length * drivers <= BUDGET * step
    assert step == CLOSEST_STEP or length * drivers > BUDGET * (step - SECOND)


async def test_before_anybody_was_at_work_there_is_none() -> None:
    assert await newest_work(Past(), None) is None  # type: ignore[arg-type]
    assert await newest_work(Past(), NOON) is None  # type: ignore[arg-type]
