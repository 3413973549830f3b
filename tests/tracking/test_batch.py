"""The same deed for many: what is refused is named, and it stops when it shall."""

from app.domain.errors import not_found
from app.tracking.batch import AT_ONCE, carry_out


async def test_each_refusal_is_of_its_item_alone() -> None:
    async def deed(number: int) -> None:
        if number % 10 == 0:
            raise not_found("order")

    heard: list[int] = []
    count = 2 * AT_ONCE + 1
    tally = await carry_out(
        range(count), deed, lambda tally: heard.append(tally.count), lambda: True
    )
    assert heard == [AT_ONCE, 2 * AT_ONCE, count]
    assert [number for number, _ in tally.refused] == list(range(0, count, 10))
    assert {reason for _, reason in tally.refused} == {"There is no such order."}
    assert sorted([*tally.done, *(number for number, _ in tally.refused)]) == list(range(count))


async def test_it_stops_between_two_groups() -> None:
    done: list[int] = []

    async def deed(number: int) -> None:
        done.append(number)

    tally = await carry_out(range(1_000), deed, lambda _: None, lambda: len(done) < AT_ONCE)
    assert len(done) == tally.count == AT_ONCE
    assert tally.total == 1_000
