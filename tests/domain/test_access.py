"""The table of roles."""

import pytest

from app.domain.access import ALLOWED, SYSTEM, Action, Actor, Kind, Role
from app.domain.errors import OnthewayError

TABLE = {
    Action.READ: {Role.VIEWER, Role.DISPATCHER, Role.ADMIN},
    Action.DISPATCH: {Role.DISPATCHER, Role.ADMIN},
    Action.CONNECTIONS: {Role.DISPATCHER, Role.ADMIN},
    Action.BLOCK: {Role.ADMIN},
    Action.FORCE: {Role.ADMIN},
    Action.ACTIVITY: {Role.ADMIN},
    Action.PEOPLE: {Role.ADMIN},
    Action.SETTINGS: {Role.ADMIN},
}


def test_every_role_and_every_action_has_its_place_in_the_table() -> None:
    assert set(ALLOWED) == set(Role)
    assert set(TABLE) == set(Action)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_role_may_do_what_the_table_says_and_nothing_else(role: Role, action: Action) -> None:
    actor = Actor(Kind.USER, "ana", role)
    allowed = role in TABLE[action]
    assert actor.may(action) is allowed
    if allowed:
        actor.require(action)
        return
    with pytest.raises(OnthewayError) as refusal:
        actor.require(action)
    assert refusal.value.code == "forbidden"
    assert role.value in refusal.value.message


@pytest.mark.parametrize("kind", [Kind.NOBODY, Kind.DRIVER, Kind.CUSTOMER])
@pytest.mark.parametrize("action", Action)
def test_somebody_without_a_role_may_do_nothing(kind: Kind, action: Action) -> None:
    actor = Actor(kind, "x")
    assert not actor.may(action)
    with pytest.raises(OnthewayError) as refusal:
        actor.require(action)
    assert refusal.value.code == "not_authenticated"
    assert refusal.value.status == 401


def test_command_on_the_servers_machine_may_do_everything() -> None:
    assert all(SYSTEM.may(action) for action in Action)
