"""Peers that are silent are asked, then dead; time is the test's own."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web import heartbeat
from app.web.heartbeat import ASK_AFTER, DEAD_AFTER, VISIT_SECONDS, Heartbeat


class Hands:
    """A loop's clock and its one timer, moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.call: Callable[[], Any] | None = None

    def time(self) -> float:
        """Seconds."""
        return self.now

    def call_at(self, when: float, callback: Callable[[], Any]) -> asyncio.TimerHandle | None:
        """The next visit."""
        assert self.call is None and when == self.now + VISIT_SECONDS
        self.call = callback
        return object()  # type: ignore[return-value]

    def forward(self, late: float = 0.0) -> None:
        """One visit."""
        self.now += VISIT_SECONDS + late
        call, self.call = self.call, None
        assert call is not None
        call()


def _same(hands: Hands) -> Hands:
    return hands


class Peer:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.heard, self.silence = True, 0
        self.told: list[str] = []

    def ask(self) -> None:
        """A ping."""
        self.told.append("ask")

    def dead(self) -> None:
        """The end."""
        self.told.append("dead")


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """Time."""
    made = Hands()
    monkeypatch.setattr("asyncio.get_running_loop", lambda: made)
    return made


def test_a_silent_peer_is_asked_at_each_visit_and_then_dead(hands: Hands) -> None:
    pulse, peer = Heartbeat(), Peer()
    pulse.join(peer)
    for _ in range(ASK_AFTER):
        hands.forward()
        assert peer.told == []
    for asked in range(DEAD_AFTER - ASK_AFTER):
        hands.forward()
        assert peer.told == ["ask"] * (asked + 1)
    hands.forward()
    assert peer.told == ["ask"] * 5 + ["dead"]


def test_a_peer_that_answers_is_asked_again_after_the_same_silence(hands: Hands) -> None:
    pulse, peer = Heartbeat(), Peer()
    pulse.join(peer)
    for visit in range(10 * ASK_AFTER):
        if peer.told and peer.silence == ASK_AFTER:
            peer.heard = True
        hands.forward()
        assert "dead" not in peer.told
        assert len(peer.told) <= 1 + visit // ASK_AFTER
    assert len(peer.told) > 3


def test_after_a_sleep_of_this_process_everybody_is_asked_once_more(hands: Hands) -> None:
    pulse, peer = Heartbeat(), Peer()
    pulse.join(peer)
    for _ in range(DEAD_AFTER):
        hands.forward()
    assert peer.told == ["ask"] * 5
    hands.forward(late=heartbeat.ASLEEP_SECONDS)
    assert peer.told == ["ask"] * 6
    for _ in range(DEAD_AFTER - ASK_AFTER):
        hands.forward()
    assert peer.told == ["ask"] * 10 + ["dead"]


def test_who_left_is_not_visited_and_nobody_keeps_no_timer(hands: Hands) -> None:
    pulse, peer, other = Heartbeat(), Peer(), Peer()
    pulse.join(peer)
    pulse.join(other)
    pulse.leave(peer)
    for _ in range(ASK_AFTER + 1):
        hands.forward()
    assert (peer.told, other.told) == ([], ["ask"])
    pulse.leave(other)
    hands.forward()
    assert hands.call is None
    pulse.join(peer)
    assert hands.call is not None


@given(st.lists(st.booleans(), max_size=60))
def test_nobody_dies_who_was_heard_since_he_was_asked(heard: list[bool]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        hands = Hands()
        patch.setattr("asyncio.get_running_loop", partial(_same, hands))
        pulse, peer = Heartbeat(), Peer()
        pulse.join(peer)
        since = -1  # it joined with a sign of life
        for each in heard:
            peer.heard = peer.heard or each
            alive = peer.heard
            hands.forward()
            since = 0 if alive else since + 1
            if peer.told and peer.told[-1] == "dead":
                assert since >= DEAD_AFTER - 1
                return
