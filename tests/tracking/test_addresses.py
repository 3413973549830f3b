"""Looking up addresses: seldom, in turn, nothing twice, and only for those who may."""

import asyncio
from itertools import pairwise

import pytest

from app.domain.access import Actor, Kind, Role
from app.domain.errors import OnthewayError
from app.domain.geo import Place
from app.protocol.found_places import FoundPlace
from app.tracking.addresses import EVERY, KEPT_FOR, MAX_ADDRESS, MOST_WAITING, AddressDesk

DORA = Actor(Kind.USER, "dora", Role.DISPATCHER)


class Atlas:
    """A geocoder on a clock of its own: sleeping lets it go on."""

    def __init__(self) -> None:
        self.now = 100.0
        self.asked: list[tuple[float, str]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.broken = False

    def clock(self) -> float:
        """Seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Time goes on."""
        self.now += seconds
        await asyncio.sleep(0)

    async def find(self, address: str) -> list[FoundPlace]:
        """One place, called as it was asked for."""
        self.asked.append((self.now, address))
        await self.gate.wait()
        if self.broken:
            raise OnthewayError("unavailable", "Nobody there.")
        return [FoundPlace(Place(48.1, 11.5), address)]


def desk_of(atlas: Atlas) -> AddressDesk:
    """A desk that asks it."""
    return AddressDesk(atlas, atlas.clock, atlas.sleep)


async def test_questions_are_a_second_apart_and_one_at_a_time() -> None:
    atlas = Atlas()
    desk = desk_of(atlas)
    streets = [f"Street {number}" for number in range(4)]
    found = await asyncio.gather(*(desk.find(street, DORA) for street in streets))
    assert [one.label for (one,) in found] == streets
    times = [at for at, _ in atlas.asked]
    assert times[0] == 100.0
    assert all(later - at >= EVERY for at, later in pairwise(times))


async def test_what_was_found_is_kept_for_a_day() -> None:
    atlas = Atlas()
    desk = desk_of(atlas)
    both = await asyncio.gather(desk.find("Street 1", DORA), desk.find("  STREET\n1 ", DORA))
    assert both[0] == both[1]
    atlas.now += KEPT_FOR / 2
    await desk.find("street 1", DORA)
    assert [address for _, address in atlas.asked] == ["Street 1"]
    atlas.now += KEPT_FOR
    await desk.find("Street 1", DORA)
    assert len(atlas.asked) == 2


async def test_what_failed_is_not_kept() -> None:
    atlas = Atlas()
    desk = desk_of(atlas)
    atlas.broken = True
    with pytest.raises(OnthewayError, match="Nobody there"):
        await desk.find("Street 1", DORA)
    atlas.broken = False
    assert await desk.find("Street 1", DORA)


async def test_only_so_many_wait() -> None:
    atlas = Atlas()
    desk = desk_of(atlas)
    atlas.gate.clear()
    waiting = [asyncio.create_task(desk.find(f"{n}", DORA)) for n in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(OnthewayError) as refused:
        await desk.find("one more", DORA)
    assert refused.value.code == "too_many"
    atlas.gate.set()
    await asyncio.gather(*waiting)
    assert await desk.find("one more", DORA)


@pytest.mark.parametrize("text", ["", " \n\0 ", "x" * (MAX_ADDRESS + 1)])
async def test_what_is_no_address_is_not_asked_for(text: str) -> None:
    atlas = Atlas()
    with pytest.raises(OnthewayError) as refused:
        await desk_of(atlas).find(text, DORA)
    assert (refused.value.code, refused.value.field) == ("invalid_field", "address")
    assert atlas.asked == []


async def test_it_is_for_those_who_make_orders() -> None:
    atlas = Atlas()
    viewer = Actor(Kind.USER, "vera", Role.VIEWER)
    with pytest.raises(OnthewayError) as refused:
        await desk_of(atlas).find("Street 1", viewer)
    assert refused.value.code == "forbidden"
    assert atlas.asked == []
