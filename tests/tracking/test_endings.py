"""Rights that end while somebody is being let in by them: whichever is first, he is out."""

import asyncio

import pytest

from app.domain.access import Role
from app.domain.errors import Close
from app.tracking.records import OrderDetails
from app.tracking.viewer_session import Handshake
from tests.tracking.conftest import ADMIN, Desk

HEAD_STARTS = range(25)
"""Turns of the loop that the one who enters has before the right ends."""


async def _wait(turns: int) -> None:
    for _ in range(turns):
        await asyncio.sleep(0.0002)


async def test_link_that_is_revoked_while_it_is_used_lets_nobody_stay(desk: Desk) -> None:
    for turns in HEAD_STARTS:
        made = await desk.services.orders.create(f"A{turns}", OrderDetails(), None, ADMIN)
        session, socket = desk.viewer_socket(Handshake(name=made.token))
        await _wait(turns)
        await desk.services.orders.revoke_link(f"A{turns}", made.link_id, ADMIN)
        assert await socket.closed() is Close.REVOKED
        await socket.until(lambda asked=session: not asked._busy)  # type: ignore[misc]
    assert desk.services.hub.viewers() == 0


async def test_token_that_is_rotated_while_it_is_used_lets_nobody_stay(desk: Desk) -> None:
    for turns in HEAD_STARTS:
        driver_id, token = await desk.driver(f"Ana {turns}")
        _, socket = desk.driver_socket(token)
        await _wait(turns)
        await desk.services.fleet.rotate(driver_id, ADMIN)
        assert await socket.closed() is Close.REVOKED


async def test_sign_in_that_ends_while_it_is_used_holds_for_nobody(desk: Desk) -> None:
    signin = desk.services.signin
    await signin.add_user("eva", Role.VIEWER, "a good long password", ADMIN)
    login, cookie = await signin.sign_in("eva", "a good long password", None, None)
    for turns in HEAD_STARTS:
        coming = asyncio.create_task(signin.by_cookie(cookie, None))
        await _wait(turns)
        await signin.end([login.num])
        found = await coming
        ended: list[bool] = []
        if found is not None:
            signin.hang_on(found.login.num, lambda heard=ended: heard.append(True))  # type: ignore[misc]
            assert ended == [True]
        assert not signin.holds(login.num)
        login, cookie = await signin.sign_in("eva", "a good long password", None, None)


@pytest.mark.parametrize("after", [False, True])
async def test_what_hangs_on_a_sign_in_ends_with_it_even_if_that_is_over(
    desk: Desk, after: bool
) -> None:
    signin = desk.services.signin
    await signin.add_user("eva", Role.VIEWER, "a good long password", ADMIN)
    login, _ = await signin.sign_in("eva", "a good long password", None, None)
    ended: list[bool] = []
    if after:
        await signin.end([login.num])
    take_back = signin.hang_on(login.num, lambda: ended.append(True))
    if not after:
        await signin.end([login.num])
    assert ended == [True]
    take_back()
