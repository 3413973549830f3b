"""Acks wait for company only where it comes."""

from hypothesis import given
from hypothesis import strategies as st

from app.tracking.acks import AT_ONCE, FIRST_AT_ONCE, MOST_POINTS, SHARE, Acks


def warm() -> Acks:
    """Past the first few, which are answered at once; the last ack was at 0."""
    acks = Acks()
    for number in range(FIRST_AT_ONCE):
        assert acks.add([f"w{number}"], 1, -SHARE)
        acks.take(-SHARE)
    assert acks.add(["last"], 1, 0)
    acks.take(0)
    return acks


def test_a_driver_who_sends_now_and_then_is_answered_at_once() -> None:
    acks = warm()
    for number in range(1, 50):
        assert acks.add(["p"], 1, number * SHARE)
        assert acks.take(number * SHARE) == (["p"], 1)


def test_acks_of_a_driver_who_streams_share_a_frame() -> None:
    acks = warm()
    assert not acks.add(["a"], 1, 10)
    assert not acks.add(["b", "c"], 3, 20)
    assert acks.take(None) == (["a", "b", "c"], 4)
    assert not acks.add(["d"], 1, 30)  # he still streams


def test_a_driver_who_waits_for_each_ack_is_made_to_wait_once_in_a_thousand() -> None:
    acks = warm()
    assert not acks.add(["a"], 1, 10)
    assert acks.take(None) == (["a"], 1)
    for number in range(AT_ONCE):
        assert acks.add(["p"], 1, 20 + number)
        acks.take(20 + number)
    assert not acks.add(["z"], 1, 20 + AT_ONCE)


def test_an_ack_does_not_grow_without_bound() -> None:
    acks = warm()
    assert not acks.add([], MOST_POINTS - 1, 10)
    assert acks.add(["x"], 1, 20)


def test_a_clock_that_goes_back_holds_nothing_up() -> None:
    acks = warm()
    assert acks.add(["a"], 1, -5 * SHARE)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2 * SHARE), st.booleans())))
def test_every_point_is_acked_once(frames: list[tuple[int, int, bool]]) -> None:
    acks, at, given_ids, acked = Acks(), 0, [], []
    for number, (count, later, timer) in enumerate(frames):
        at += later
        ids = [f"{number}.{n}" for n in range(count)]
        given_ids += ids
        if acks.add(ids, count, at):
            acked += acks.take(at)[0]
        elif timer:
            acked += acks.take(None)[0]
    acked += acks.take(None)[0]
    assert acked == given_ids
