"""Acks wait for company only where it comes."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from app.tracking.acks import (
    AT_ONCE,
    FIRST_AT_ONCE,
    MOST_FRAMES,
    MOST_POINTS,
    SHARE,
    SHARE_SECONDS,
    Acks,
    AckTray,
)


def warm() -> Acks:
    """Past the first few, which are answered at once; the last message was at 0."""
    acks = Acks()
    for number in range(FIRST_AT_ONCE):
        assert acks.add([f"w{number}"], 1, -SHARE)
        acks.take()
    assert acks.add(["last"], 1, 0)
    acks.take()
    return acks


def wait(acks: Acks, message_id: str, at: int, count: int = 1) -> None:
    """One more message, whose ack waits."""
    assert not acks.add([message_id], count, at)
    acks.in_tray = True


def test_a_driver_who_sends_now_and_then_is_answered_at_once() -> None:
    acks = warm()
    for number in range(1, 50):
        assert acks.add(["p"], 1, number * SHARE)
        assert acks.take() == (["p"], 1)


def test_acks_of_a_driver_who_streams_share_a_frame() -> None:
    acks = warm()
    wait(acks, "a", 10)
    wait(acks, "b", 20, count=3)
    assert acks.take_waiting() == (["a", "b"], 4)
    wait(acks, "c", 30)  # he still streams


def test_a_driver_who_waits_for_each_ack_is_made_to_wait_once_in_a_thousand() -> None:
    acks = warm()
    wait(acks, "a", 10)
    assert acks.take_waiting() == (["a"], 1)
    for number in range(AT_ONCE):
        assert acks.add(["p"], 1, 20 + number)
        acks.take()
    assert not acks.add(["z"], 1, 20 + AT_ONCE)


def test_one_who_sends_ahead_is_answered_before_he_must_stop() -> None:
    acks = warm()
    for number in range(MOST_FRAMES - 1):
        wait(acks, "p", 10 + number)
    assert acks.add(["p"], 1, 10 + MOST_FRAMES)
    assert acks.take() == (["p"] * MOST_FRAMES, MOST_FRAMES)
    assert acks.take_waiting() == ([], 0)
    wait(acks, "q", 20 + MOST_FRAMES)  # he had company: he is not one who waits for each


def test_one_who_sends_a_few_ahead_and_waits_is_not_made_to_wait() -> None:
    acks = warm()
    for number in range(8):
        wait(acks, "p", 10 + number)
    acks.mark()
    assert acks.take_waiting() == (["p"] * 8, 8)
    assert acks.add(["p"], 1, 30)


def test_one_who_goes_on_sending_does_not_wait_for_us() -> None:
    acks = warm()
    wait(acks, "a", 10)
    acks.mark()
    wait(acks, "b", 20)
    assert acks.take_waiting() == (["a", "b"], 2)
    wait(acks, "c", 30)


def test_an_ack_does_not_grow_without_bound() -> None:
    acks = warm()
    assert not acks.add([], MOST_POINTS - 1, 10)
    assert acks.add(["x"], 1, 20)


def test_a_clock_that_goes_back_holds_nothing_up() -> None:
    acks = warm()
    assert acks.add(["a"], 1, -5 * SHARE)


class Session:
    """Knows when it was told to send."""

    def __init__(self) -> None:
        self.sent: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def keep_waiting(self) -> None:
        """Half of it is over."""

    def send_acks(self) -> None:
        """Now; a second time would raise."""
        self.sent.set_result(asyncio.get_running_loop().time())


async def test_whoever_waits_in_the_tray_waits_long_enough_for_company() -> None:
    tray, loop = AckTray(), asyncio.get_running_loop()
    sessions: list[tuple[float, Session]] = []
    for _ in range(5):
        sessions.append((loop.time(), Session()))
        tray.add(sessions[-1][1])
        await asyncio.sleep(SHARE_SECONDS / 3)
    for added, session in sessions:
        assert await session.sent - added >= SHARE_SECONDS * 0.99


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2 * SHARE), st.booleans())))
def test_every_point_is_acked_once(frames: list[tuple[int, int, bool]]) -> None:
    acks, at, given_ids, acked = Acks(), 0, [], []
    for number, (count, later, timer) in enumerate(frames):
        at += later
        ids = [f"{number}.{n}" for n in range(count)]
        given_ids += ids
        if acks.add(ids, count, at):
            acked += acks.take()[0]
        else:
            acks.in_tray = True
            if timer:
                acked += acks.take_waiting()[0]
    acked += acks.take_waiting()[0]
    assert acked == given_ids
