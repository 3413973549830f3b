"""Messages to browsers: the newest last, repeated as the service asks, bounded, gone with us."""

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import cast

import pytest

from app.domain.push import PushAddress, Reply, Verdict
from app.tracking import post as module
from app.tracking.ports import Notices
from app.tracking.post import PAUSES, Letter, Post
from app.tracking.records import Link, Listener

TAKEN, GONE, REFUSED = Reply(Verdict.TAKEN), Reply(Verdict.GONE), Reply(Verdict.REFUSED)
LATER = Reply(Verdict.LATER)
LINK = Link(
    id="l", order_id="A1", order_num=1, salt=b"", created_at=0, expires_at=None, revoked_at=None
)


class World:
    """A push service, a store, a clock and a way to sleep, all scripted."""

    key = "key"
    services: Collection[str] = ("push.example.com",)

    def __init__(self) -> None:
        self.at = 0.0
        self.replies: list[Reply] = []
        self.sent: list[tuple[int, bytes, int]] = []
        self.slept: list[float] = []
        self.dropped: list[int] = []
        self.unwanted = False
        self.closed = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.post = Post(
            self,
            cast(Notices, self),
            lambda: self.at,
            lambda _: not self.unwanted,
            self.sleep,
        )

    async def push(
        self, to: PushAddress, text: bytes, *, seconds: int, urgent: bool, topic: str
    ) -> Reply:
        """Take it."""
        assert (urgent, topic) == (False, "t")
        self.sent.append((int(to.endpoint.rpartition("/")[2]), text, seconds))
        await self.gate.wait()
        return self.replies.pop(0) if self.replies else TAKEN

    async def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.slept.append(seconds)
        self.at += seconds
        await asyncio.sleep(0)

    async def drop(self, num: int) -> None:
        """Forget a browser."""
        self.dropped.append(num)

    async def close(self) -> None:
        """The connections end."""
        self.closed = True

    def write(self, text: bytes, num: int = 1, lasts: float = 3_600.0) -> None:
        """A letter."""
        address = PushAddress(f"https://push.example.com/{num}", b"", b"")
        to = Listener(num=num, link=LINK, address=address, locale="en")
        letter = Letter(to=to, text=text, topic="t", urgent=False, until=self.at + lasts)
        self.post.send(letter)

    async def under_way(self, count: int) -> None:
        """Until so many were sent."""
        async with asyncio.timeout(30):
            while len(self.sent) < count:  # noqa: ASYNC110 (a condition over many events)
                await asyncio.sleep(0)

    async def rest(self) -> None:
        """Until nothing is on its way."""
        async with asyncio.timeout(30):
            while self.post._tasks:  # noqa: ASYNC110 (a condition over many events)
                await asyncio.sleep(0)

    @property
    def texts(self) -> list[bytes]:
        """What was sent."""
        return [text for _, text, _ in self.sent]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    await made.post.close()
    assert made.closed


async def test_a_letter_is_sent_at_once_and_once(world: World) -> None:
    world.write(b"a")
    await world.rest()
    assert world.sent == [(1, b"a", 3_600)]
    assert world.slept == world.dropped == []


async def test_it_comes_again_as_the_service_asks_and_not_for_ever(world: World) -> None:
    world.replies = [LATER, Reply(Verdict.LATER, 60.0), Reply(Verdict.LATER, 1.0), TAKEN]
    world.write(b"a")
    await world.rest()
    assert len(world.sent) == 4
    for slept, least in zip(world.slept, (PAUSES[0], 60.0, PAUSES[2]), strict=True):
        assert least <= slept <= least * (1 + module.TREMBLE)
    assert world.sent[-1][2] == int(3_600 - sum(world.slept)), "it keeps it so much shorter"
    world.replies = [LATER] * 10
    world.write(b"b")
    await world.rest()
    assert world.texts.count(b"b") == 1 + len(PAUSES)


async def test_what_would_come_too_late_is_not_tried_again(world: World) -> None:
    world.replies = [Reply(Verdict.LATER, 700.0)]
    world.write(b"a", lasts=600.0)
    await world.rest()
    assert (world.texts, world.slept) == ([b"a"], [])
    world.write(b"b", lasts=0.0)
    await world.rest()
    assert world.texts == [b"a"]


async def test_a_newer_one_replaces_what_waits_and_overtakes_nothing(world: World) -> None:
    world.gate.clear()
    world.write(b"a")
    await world.under_way(1)
    world.write(b"b")
    world.write(b"c")
    await asyncio.sleep(0.01)
    assert world.texts == [b"a"]
    world.replies = [LATER]
    world.gate.set()
    await world.rest()
    assert world.texts == [b"a", b"c"], "the first is not tried again either"


async def test_who_is_gone_is_dropped_and_who_refuses_is_left_alone(world: World) -> None:
    world.replies = [GONE]
    world.write(b"a", 7)
    await world.rest()
    world.replies = [REFUSED]
    world.write(b"b", 8)
    await world.rest()
    assert (world.dropped, world.texts, world.slept) == ([7], [b"a", b"b"], [])


async def test_nothing_is_sent_to_whom_nothing_may_be_told_any_more(world: World) -> None:
    world.replies = [LATER]
    world.write(b"a")
    world.unwanted = True
    await world.rest()
    assert world.texts == []
    world.unwanted = False
    world.gate.clear()
    world.write(b"b")
    await world.under_way(1)
    world.post.stop(1)
    await world.rest()
    world.gate.set()
    assert (world.texts, world.slept) == ([b"b"], [])


async def test_one_who_hangs_stops_nobody_else_and_few_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 20)
    world.gate.clear()
    for num in range(50):
        world.write(b"a", num)
    await world.under_way(module.AT_A_TIME)
    await asyncio.sleep(0.01)
    assert len(world.sent) == module.AT_A_TIME
    world.gate.set()
    await world.rest()
    assert len(world.sent) == 20


async def test_it_ends_with_the_process(world: World) -> None:
    world.gate.clear()
    world.write(b"a")
    await world.under_way(1)
    async with asyncio.timeout(10):
        await world.post.close()
    assert world.post._tasks == {}
