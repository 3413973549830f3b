"""The same deed for many: what is refused is named, and it stops when it shall."""

from app.domain.errors import OnthewayError, not_found
from app.tracking.batch import AT_ONCE, BROKEN, carry_out


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


async def test_what_somebody_changed_meanwhile_is_known() -> None:
    async def deed(number: int) -> None:
        if number:
            raise OnthewayError("conflict" if number == 2 else "illegal_step", "No.")

    tally = await carry_out(range(4), deed, lambda _: None, lambda: True)
    assert tally.changed == [2]
    assert tally.refused == [(1, "No."), (2, "No."), (3, "No.")]


async def test_it_stops_between_two_groups() -> None:
    done: list[int] = []

    async def deed(number: int) -> None:
        done.append(number)

    tally = await carry_out(range(1_000), deed, lambda _: None, lambda: len(done) < AT_ONCE)
    assert len(done) == tally.count == AT_ONCE
    assert tally.total == 1_000


async def test_an_error_that_nobody_expected_ends_it_with_its_group_and_is_told() -> None:
    begun: list[int] = []

    async def deed(number: int) -> None:
        begun.append(number)
        if number == AT_ONCE + 3:
            raise KeyError("a mistake of ours")
        if number == AT_ONCE + 4:
            raise not_found("order")

    heard: list[int] = []
    tally = await carry_out(
        range(1_000), deed, lambda tally: heard.append(tally.count), lambda: True
    )
    assert begun == list(range(2 * AT_ONCE))
    assert heard == [AT_ONCE, 2 * AT_ONCE]
    assert tally.refused == [(AT_ONCE + 3, BROKEN), (AT_ONCE + 4, "There is no such order.")]
    assert len(tally.done) == 2 * AT_ONCE - 2
    assert isinstance(tally.error, KeyError)
