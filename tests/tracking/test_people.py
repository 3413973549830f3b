"""Logins seen and ended one by one, roles that change, and a person's own new password."""

from functools import partial

import pytest

from app.domain.access import Action, Actor, Kind, Role
from app.domain.errors import OnthewayError
from app.tracking.signin import Person, SignIn, person
from tests.tracking.conftest import ADMIN, Desk

PASSWORD = "a good long password"


async def someone(signin: SignIn, name: str, role: Role = Role.DISPATCHER) -> tuple[Person, str]:
    """A user who signed in, and his cookie."""
    if name not in {login.user.name for login in await signin.logins()}:
        await signin.add_user(name, role, PASSWORD, ADMIN)
    login, token = await signin.sign_in(name, PASSWORD, "192.0.2.1", "Firefox")
    return person(login, "192.0.2.1"), token


async def test_a_role_ends_what_hangs_on_the_old_one_and_the_login_goes_on(desk: Desk) -> None:
    signin, ended = desk.services.signin, list[str]()
    who, token = await someone(signin, "dora")
    other, _ = await someone(signin, "vic", Role.VIEWER)
    signin.hang_on(who.login.num, lambda: ended.append("dora"))
    signin.hang_on(other.login.num, lambda: ended.append("vic"))
    await signin.set_role("dora", Role.VIEWER, ADMIN)
    assert ended == ["dora"]
    assert signin.holds(who.login.num)
    again = await signin.by_cookie(token, None)
    assert again is not None
    assert again.actor.role is Role.VIEWER
    assert not again.actor.may(Action.DISPATCH)
    entries, _ = await desk.services.store.activity.page(None, 5)
    assert (entries[0].kind, entries[0].subject) == ("user.role", "dora")
    assert entries[0].detail == {"role": "viewer"}


async def test_a_look_up_that_began_before_brings_no_old_role_back(desk: Desk) -> None:
    signin = desk.services.signin
    who, _ = await someone(signin, "dora", Role.ADMIN)
    await signin.set_role("dora", Role.VIEWER, ADMIN)
    late = signin._logins.remember(who.login)
    assert late is not None
    assert late.user.role is Role.VIEWER


async def test_roles_are_an_admins_and_nobody_changes_his_own(desk: Desk) -> None:
    signin = desk.services.signin
    who, _ = await someone(signin, "dora")
    with pytest.raises(OnthewayError) as refusal:
        await signin.set_role("dora", Role.ADMIN, who.actor)
    assert refusal.value.code == "forbidden"
    await signin.add_user("ana", Role.ADMIN, PASSWORD, ADMIN)
    with pytest.raises(OnthewayError) as own:
        await signin.set_role("ana", Role.VIEWER, ADMIN)
    assert own.value.code == "conflict"
    with pytest.raises(OnthewayError) as nobody:
        await signin.set_role("nobody", Role.VIEWER, ADMIN)
    assert nobody.value.code == "not_found"


async def test_one_login_is_ended_and_the_others_go_on(desk: Desk) -> None:
    signin, ended = desk.services.signin, list[int]()
    first, _ = await someone(signin, "dora")
    second, token = await someone(signin, "dora")
    other, _ = await someone(signin, "vic", Role.VIEWER)
    for who in (first, second):
        signin.hang_on(who.login.num, partial(ended.append, who.login.num))
    assert [login.num for login in await signin.logins()] == [
        other.login.num,
        second.login.num,
        first.login.num,
    ]
    with pytest.raises(OnthewayError) as refusal:
        await signin.end_login(other.login, first.actor)
    assert refusal.value.code == "forbidden"
    await signin.end_login(second.login, first.actor)
    assert ended == [second.login.num]
    assert await signin.by_cookie(token, None) is None
    assert signin.holds(first.login.num)
    await signin.end_login(other.login, ADMIN)
    assert [login.num for login in await signin.logins()] == [first.login.num]
    key = Actor(Kind.API_KEY, "dora", Role.VIEWER)
    with pytest.raises(OnthewayError):
        await signin.end_login(first.login, key)


async def test_everybody_changes_his_own_password_with_the_old_one(desk: Desk) -> None:
    signin = desk.services.signin
    mine, _ = await someone(signin, "vic", Role.VIEWER)
    elsewhere, _ = await someone(signin, "vic")
    with pytest.raises(OnthewayError) as wrong:
        await signin.change_password(mine, "not this", "another long one")
    assert (wrong.value.code, wrong.value.field) == ("invalid_field", "current")
    with pytest.raises(OnthewayError, match="8 to"):
        await signin.change_password(mine, PASSWORD, "short")
    await signin.change_password(mine, PASSWORD, "another long one")
    assert signin.holds(mine.login.num)
    assert not signin.holds(elsewhere.login.num)
    await signin.sign_in("vic", "another long one", None, None)
    for _ in range(6):
        with pytest.raises(OnthewayError) as refusal:
            await signin.change_password(mine, "guess", "another long one")
    assert refusal.value.code == "too_many"
