"""Users, logins and API keys."""

from app.domain.access import Role
from app.storage.store import SqlStore
from tests.storage.town import hashed, moment, refused


async def test_users_are_told_apart_by_their_exact_names(store: SqlStore) -> None:
    eva = await store.people.add_user("eva", Role.ADMIN, "hash", moment(0))
    other = await store.people.add_user("Eva", Role.VIEWER, "hash2", moment(1))
    with refused("already_exists"):
        await store.people.add_user("eva", Role.VIEWER, "x", moment(2))
    assert await store.people.find_user("eva") == eva
    assert await store.people.find_user("EVA") is None
    assert await store.people.users() == [other, eva]
    assert (eva.role, eva.password_hash, eva.created_at) == (Role.ADMIN, "hash", moment(0))


async def test_a_new_password_ends_all_other_logins(store: SqlStore) -> None:
    eva = await store.people.add_user("eva", Role.ADMIN, "old", 0)
    max_ = await store.people.add_user("max", Role.ADMIN, "old", 0)
    logins = [
        await store.people.add_login(user, hashed(name), moment(1), "::1", "Firefox")
        for user, name in ((eva, "a"), (eva, "b"), (max_, "c"))
    ]
    changed = await store.people.set_password("eva", "new", logins[1].num)
    assert changed == await store.people.find_user("eva")
    assert changed.password_hash == "new"
    found = [await store.people.find_login(hashed(name)) for name in "abc"]
    assert [login.num if login else None for login in found] == [None, *(x.num for x in logins[1:])]
    await store.people.set_password("eva", "newer", None)
    assert await store.people.find_login(hashed("b")) is None
    with refused("not_found"):
        await store.people.set_password("nobody", "x", None)


async def test_a_login_is_used_and_ends(store: SqlStore) -> None:
    eva = await store.people.add_user("eva", Role.ADMIN, "hash", 0)
    login = await store.people.add_login(eva, hashed("a"), moment(1), None, "🦊 \0")
    await store.people.touch_login(login.num, moment(7))
    found = await store.people.find_login(hashed("a"))
    assert found is not None
    assert (found.user, found.created_at, found.seen_at) == (eva, moment(1), moment(7))
    assert (found.address, found.agent) == (None, "🦊 \0")
    await store.people.end_logins([login.num, 99])
    assert await store.people.find_login(hashed("a")) is None
    later = await store.people.add_login(eva, hashed("b"), moment(2), None, None)
    assert later.num > login.num


async def test_a_removed_user_takes_his_logins_along(store: SqlStore) -> None:
    eva = await store.people.add_user("eva", Role.ADMIN, "hash", 0)
    await store.people.add_login(eva, hashed("a"), 0, None, None)
    assert await store.people.remove_user("eva") == eva
    assert await store.people.find_login(hashed("a")) is None
    assert await store.people.users() == []
    with refused("not_found"):
        await store.people.add_login(eva, hashed("b"), 0, None, None)
    with refused("not_found"):
        await store.people.remove_user("eva")


async def test_keys_are_found_by_their_hash(store: SqlStore) -> None:
    key = await store.people.add_key("shop", Role.DISPATCHER, hashed("k"), moment(3))
    assert await store.people.find_key(hashed("k")) == key
    assert await store.people.find_key(hashed("x")) is None
    with refused("already_exists"):
        await store.people.add_key("shop", Role.ADMIN, hashed("l"), 0)


async def test_a_revoked_key_is_listed_but_found_no_more(store: SqlStore) -> None:
    shop = await store.people.add_key("shop", Role.VIEWER, hashed("k"), moment(1))
    cron = await store.people.add_key("cron", Role.ADMIN, hashed("l"), moment(2))
    assert await store.people.keys() == [cron, shop]
    ended = await store.people.revoke_key("shop", moment(3))
    assert ended.revoked_at == moment(3)
    assert await store.people.find_key(hashed("k")) is None
    assert await store.people.revoke_key("shop", moment(4)) == ended
    assert await store.people.keys() == [cron, ended]
    with refused("not_found"):
        await store.people.revoke_key("nobody", moment(5))


async def test_logins_are_listed_newest_first_with_the_role_of_now(store: SqlStore) -> None:
    eva = await store.people.add_user("eva", Role.ADMIN, "hash", 0)
    max_ = await store.people.add_user("max", Role.VIEWER, "hash", 0)
    first = await store.people.add_login(eva, hashed("a"), moment(1), "::1", "Firefox")
    second = await store.people.add_login(max_, hashed("b"), moment(2), None, None)
    assert await store.people.logins() == [second, first]
    changed = await store.people.set_role("eva", Role.VIEWER)
    assert (changed.num, changed.role) == (eva.num, Role.VIEWER)
    assert (await store.people.logins())[1].user.role is Role.VIEWER
    with refused("not_found"):
        await store.people.set_role("nobody", Role.ADMIN)
