"""Where the replay of the fleet begins when nobody says a time."""

import pytest

from app.domain.times import HOUR, MINUTE, SECOND
from app.tracking.replay import newest_work

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


async def test_before_anybody_was_at_work_there_is_none() -> None:
    assert await newest_work(Past(), None) is None  # type: ignore[arg-type]
    assert await newest_work(Past(), NOON) is None  # type: ignore[arg-type]
