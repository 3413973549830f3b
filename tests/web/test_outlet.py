"""Writing to readers who keep up, who do not, and who stall: what waits, what is replaced, when
it is enough. Time is the test's own."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextvars import Context
from typing import Final, TypeVarTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tracking.hub import Run, Shared, To
from app.web.outlet import BEHIND, HIGH_WATER, LARGEST_QUEUE, LONGEST_QUEUE, STALL_SECONDS, Outlet

Ts = TypeVarTuple("Ts")
A: Final = 1
B: Final = 2
"""Two topics."""


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time goes on when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self._at = 1_000.0
        self._calls: list[tuple[float, asyncio.TimerHandle]] = []

    def time(self) -> float:
        """Seconds."""
        return self._at

    def call_later(
        self,
        delay: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Remember it."""
        handle = asyncio.TimerHandle(self._at + delay, callback, args, self, context)
        self._calls.append((handle.when(), handle))
        return handle

    def forward(self, seconds: float) -> None:
        """Let time pass; what is due is called."""
        self._at += seconds
        due = [call for call in self._calls if call[0] <= self._at]
        self._calls = [call for call in self._calls if call[0] > self._at]
        for _, handle in due:
            if not handle.cancelled():
                handle._run()

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Nothing is kept of it."""


class Paper(asyncio.Transport):
    """A transport that writes down what it gets."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.high: int | None = None
        self.closing = False
        self.buffered = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write it down."""
        assert not self.closing, "nothing is written to a transport that closes"
        self.written.append(bytes(data))

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """From when on a reader is slow."""
        assert low is None
        self.high = high

    def get_write_buffer_size(self) -> int:
        """What the reader has not taken."""
        return self.buffered

    def is_closing(self) -> bool:
        """Whether it is closed."""
        return self.closing

    @property
    def text(self) -> str:
        """All of it."""
        return b"".join(self.written).decode()


def position(outlet: Outlet, topic: int, wire: bytes) -> None:
    """Send one position, framed already."""
    part = Shared({})
    part.wire = wire
    run = Run(To.ALL)
    run.parts.append(part)
    outlet.send_positions(topic, wire, run)


class Desk:
    """An outlet with its surroundings."""

    def __init__(self) -> None:
        self.paper = Paper()
        self.clock = Clock()
        self.slow = 0
        self.outlet = Outlet(self.paper, self.clock, self._slow)

    def _slow(self) -> None:
        self.slow += 1

    def close(self) -> None:
        """Give back the loop's own sockets."""
        self.clock.close()


@pytest.fixture
def desk() -> Iterator[Desk]:
    """An outlet."""
    made = Desk()
    yield made
    made.close()


def test_reader_who_keeps_up_gets_everything_at_once(desk: Desk) -> None:
    desk.outlet.send(b"s1 ")
    position(desk.outlet, A, b"a1 ")
    position(desk.outlet, A, b"a2 ")
    desk.outlet.send(b"s2 ")
    assert desk.paper.text == "s1 a1 a2 s2 "
    assert desk.paper.high == HIGH_WATER


def test_of_a_run_a_reader_who_is_behind_gets_the_newest(desk: Desk) -> None:
    run = Run(To.ALL)
    for number in range(3):
        part = Shared({})
        part.wire = b"a%d " % number
        run.parts.append(part)
    desk.paper.buffered = BEHIND
    desk.outlet.send_positions(A, b"a0 a1 a2 ", run)
    assert desk.paper.text == "a0 a1 a2 "
    desk.paper.buffered = BEHIND + 1
    desk.outlet.send_positions(A, b"a0 a1 a2 ", run)
    assert desk.paper.text == "a0 a1 a2 a2 "


def test_positions_that_wait_are_replaced_by_newer_ones_and_statuses_never(desk: Desk) -> None:
    desk.outlet.pause()
    for number in range(1_000):
        position(desk.outlet, A, b"a%d " % number)
        if number % 100 == 0:
            desk.outlet.send(b"s%d " % number)
        position(desk.outlet, B, b"b%d " % number)
    assert desk.paper.text == ""
    desk.outlet.resume()
    statuses = " ".join(f"s{number}" for number in range(0, 1_000, 100))
    assert desk.paper.text == f"{statuses} a999 b999 "
    assert desk.slow == 0


def test_position_goes_behind_what_was_sent_before_it(desk: Desk) -> None:
    desk.outlet.pause()
    position(desk.outlet, A, b"a1 ")
    desk.outlet.send(b"picked-up ")
    position(desk.outlet, A, b"a2 ")
    desk.outlet.send(b"delivered ")
    desk.outlet.resume()
    assert desk.paper.text == "picked-up a2 delivered "


def test_after_catching_up_all_is_as_before(desk: Desk) -> None:
    for number in range(20):
        desk.outlet.pause()
        desk.outlet.send(b"s%d " % number)
        desk.clock.forward(STALL_SECONDS - 0.1)
        desk.outlet.resume()
        desk.outlet.send(b"t%d " % number)
    desk.clock.forward(3_600)
    assert desk.paper.text == "".join(f"s{number} t{number} " for number in range(20))
    assert desk.slow == 0


def test_queue_takes_so_many_statuses_and_the_next_is_too_much(desk: Desk) -> None:
    desk.outlet.pause()
    for _ in range(LONGEST_QUEUE):
        desk.outlet.send(b"s")
    assert desk.slow == 0
    position(desk.outlet, A, b"a")
    assert desk.slow == 0, "positions are no statuses"
    desk.outlet.send(b"s")
    assert desk.slow == 1


def test_queue_is_bounded_in_bytes_but_takes_any_single_message(desk: Desk) -> None:
    desk.outlet.pause()
    desk.outlet.send(bytes(LARGEST_QUEUE * 2))
    assert desk.slow == 0
    desk.outlet.send(b"s")
    assert desk.slow == 1


def test_reader_who_stalls_is_reported_in_time(desk: Desk) -> None:
    desk.outlet.pause()
    desk.clock.forward(STALL_SECONDS - 0.1)
    assert desk.slow == 0
    desk.clock.forward(0.2)
    assert desk.slow == 1


def test_nothing_is_kept_or_reported_after_the_end(desk: Desk) -> None:
    desk.outlet.pause()
    desk.outlet.send(b"s")
    position(desk.outlet, A, b"a")
    desk.outlet.drop()
    desk.clock.forward(3_600)
    assert desk.slow == 0
    desk.outlet.resume()
    assert desk.paper.text == ""


def test_nothing_is_written_to_a_transport_that_closes(desk: Desk) -> None:
    desk.paper.closing = True
    desk.outlet.send(b"s")
    position(desk.outlet, A, b"a")
    desk.outlet.pause()
    desk.outlet.send(b"s")
    desk.outlet.resume()
    assert desk.paper.text == ""


async def test_kernel_keeps_little_for_a_slow_reader() -> None:
    """Beyond its window, the machine takes no megabytes that newer positions cannot replace."""
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = socket.create_connection(listener.getsockname())
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        ours, _ = listener.accept()
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
        try:
            Outlet(transport, loop, lambda: None)
            sent = 0
            while transport.get_write_buffer_size() == 0:
                transport.write(bytes(4_096))
                sent += 4_096
                assert sent < 1_048_576, "all of it went to the kernel"
        finally:
            transport.abort()
            peer.close()


ACTS: Final = st.lists(st.sampled_from(["pause", "resume", "status", "a", "b"]), max_size=120)


@given(acts=ACTS)
def test_whatever_happens_statuses_are_whole_and_positions_newest(acts: list[str]) -> None:
    desk = Desk()
    paused = False
    sent: list[tuple[str, int]] = []
    for number, act in enumerate(acts):
        if act in ("pause", "resume"):
            if paused == (act == "resume"):
                getattr(desk.outlet, act)()
                paused = act == "pause"
            continue
        wire = f"{act}:{number} ".encode()
        sent.append((act, number))
        if act == "status":
            desk.outlet.send(wire)
        else:
            position(desk.outlet, A if act == "a" else B, wire)
    if paused:
        desk.outlet.resume()
    desk.close()
    words = [word.split(":") for word in desk.paper.text.split()]
    written = [(kind, int(number)) for kind, number in words]
    assert [one for one in written if one[0] == "status"] == [
        one for one in sent if one[0] == "status"
    ]
    for topic in ("a", "b"):
        numbers = [number for kind, number in written if kind == topic]
        of_topic = [number for kind, number in sent if kind == topic]
        assert numbers == sorted(numbers), "an older position never follows a newer one"
        assert numbers[-1:] == of_topic[-1:], "the newest always arrives"
    for at, (kind, number) in enumerate(written):
        if kind != "status":
            later = [other for what, other in written[at:] if what == "status"]
            assert all(other > number for other in later), "it never overtakes a status"
