"""People and programs: signing in and out, logins that end in time, users, API keys."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from app.domain.access import Action, Actor, Kind, Role
from app.domain.errors import Close, OnthewayError
from app.domain.times import MINUTE
from app.tracking.blocks import token_key
from app.tracking.credentials import Passwords, new_token, token_hash
from app.tracking.live_logins import LiveLogins
from app.tracking.monitor import Monitor, Now
from app.tracking.ports import People
from app.tracking.records import ApiKey, Login, User
from app.tracking.throttle import Gauges, too_many

TOUCH: Final = MINUTE
WRONG: Final = "The name or the password is wrong."
WRONG_CURRENT: Final = "The current password is wrong."
MAX_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in: the login, and who acts."""

    login: Login
    actor: Actor


class SignIn:
    """Logins live in the store; those in use are known here too, with what hangs on them."""

    def __init__(
        self,
        people: People,
        passwords: Passwords,
        monitor: Monitor,
        now: Now,
        *,
        by_account: Gauges,
        by_address: Gauges,
        lifetime: int,
    ) -> None:
        self._people = people
        self._passwords = passwords
        self._monitor = monitor
        self._now = now
        self._by_account = by_account
        self._by_address = by_address
        self._logins = LiveLogins(now, lifetime)
        self._keys_used: dict[int, int] = {}
        self._left: set[int] = set()

    # signing in and out

    async def sign_in(
        self, name: str, password: str, address: str | None, agent: str | None
    ) -> tuple[Login, str]:
        """A new login and its cookie; ``not_authenticated`` with one sentence, ``too_many``."""
        account = name.casefold()
        wait = max(self._by_account.wait(account), self._by_address.wait(address))
        if wait > 0:
            self._failed(name, address, "throttled")
            raise too_many(wait)
        user = await self._people.find_user(name)
        good, rehashed = await self._passwords.check(password, user.password_hash if user else None)
        if user is None or not good:
            self._by_account.failed(account)
            self._by_address.failed(address)
            self._failed(name, address, "wrong")
            raise OnthewayError("not_authenticated", WRONG)
        self._by_account.succeeded(account)
        token = new_token()
        login = await self._people.add_login(
            user, token_hash(token), self._now(), address, (agent or "")[:256] or None
        )
        if rehashed is not None:
            await self._people.set_password(user.name, rehashed, login.num)
        self._logins.remember(login)
        self._monitor.note("login.succeeded", person(login, address).actor)
        return login, token

    async def by_cookie(self, token: str, address: str | None) -> Person | None:
        """The person of a session cookie, if it still holds."""
        login = await self._people.find_login(token_hash(token))
        if login is None:
            return None
        if self._logins.over(login):
            await self.end([login.num])
            return None
        now = self._now()
        if now - self._logins.used_at(login) > TOUCH:
            await self._people.touch_login(login.num, now)
        known = self._logins.remember(login)
        if known is None:
            return None
        self._logins.touch(known.num)
        return person(known, address)

    async def sign_out(self, who: Person) -> None:
        """End this login with its pages and sockets."""
        self._monitor.note("login.ended", who.actor)
        self._left.add(who.login.num)
        await self.end([who.login.num])

    def left(self, login_num: int) -> bool:
        """Whether its person signed out, who needs no word about it."""
        return login_num in self._left

    async def end(self, nums: list[int]) -> None:
        """End logins, with everything that hangs on them."""
        await self._people.end_logins(nums)
        for num in nums:
            self._logins.forget(num)

    async def logins(self) -> list[Login]:
        """The logins that hold, newest first, each with when it was used last."""
        return [
            replace(login, seen_at=self._logins.used_at(login))
            for login in await self._people.logins()
            if not self._logins.over(login)
        ]

    async def end_login(self, login: Login, actor: Actor) -> None:
        """End somebody's login; everybody may end his own."""
        if actor.kind is not Kind.USER or actor.id != login.user.name:
            actor.require(Action.PEOPLE)
        self._monitor.note("login.closed", actor, login.user.name)
        await self.end([login.num])

    def holds(self, login_num: int) -> bool:
        """Whether a login is still good; asked by every handler of a page."""
        return self._logins.holds(login_num)

    def role_of(self, login_num: int) -> Role | None:
        """The role that a login has now; None where it does not hold."""
        return self._logins.role_of(login_num)

    def hang_on(self, login_num: int, end: Callable[[], None]) -> Callable[[], None]:
        """Call ``end`` when the login ends or its role changes, at once if it has ended; returns
        the way to take that back."""
        return self._logins.hang_on(login_num, end)

    async def sweep(self) -> None:
        """End the logins whose time is over; called every second."""
        over = self._logins.overdue()
        if over:
            await self.end(over)

    # API keys

    async def by_key(self, key: str, address: str | None) -> Actor | None:
        """The program of an API key, unless revoked; ``too_many`` while it is blocked."""
        found = await self._people.find_key(token_hash(key))
        if found is None:
            return None
        actor = Actor(Kind.API_KEY, found.name, found.role, address, found.num)
        self._monitor.blocks.require(token_key(actor))
        self._keys_used[found.num] = self._now()
        return actor

    def key_used_at(self, key: ApiKey) -> int | None:
        """When a key was used last, None for not since the server started."""
        return self._keys_used.get(key.num)

    async def add_key(self, name: str, role: Role, actor: Actor) -> tuple[ApiKey, str]:
        """A new key, shown once; ``already_exists``, ``invalid_field``."""
        actor.require(Action.PEOPLE)
        check_name(name)
        key = new_token()
        made = await self._people.add_key(name, role, token_hash(key), self._now())
        self._monitor.note("apikey.created", actor, name, {"role": role})
        return made, key

    async def revoke_key(self, name: str, actor: Actor) -> ApiKey:
        """End a key, with the sockets that it opened; ``not_found``."""
        actor.require(Action.PEOPLE)
        key = await self._people.revoke_key(name, self._now())
        for connection in self._monitor.connections():
            holder = connection.actor
            if holder is not None and holder.kind is Kind.API_KEY and holder.num == key.num:
                connection.socket.end(Close.REVOKED)
        self._monitor.note("apikey.revoked", actor, name)
        return key

    # users

    async def add_user(self, name: str, role: Role, password: str, actor: Actor) -> User:
        """A new user; ``already_exists``, ``invalid_field``."""
        actor.require(Action.PEOPLE)
        check_name(name)
        hashed = await self._passwords.hash(password)
        user = await self._people.add_user(name, role, hashed, self._now())
        self._monitor.note("user.created", actor, name, {"role": role})
        return user

    async def set_password(
        self, name: str, password: str, actor: Actor, keep_login: int | None = None
    ) -> None:
        """A new password: all other logins of this user end; ``not_found``."""
        actor.require(Action.PEOPLE)
        hashed = await self._passwords.hash(password)
        user = await self._people.set_password(name, hashed, keep_login)
        self._logins.forget_user(user, keep_login)
        self._monitor.note("user.password", actor, name)

    async def change_password(self, who: Person, current: str, new: str) -> None:
        """His own new password: his other logins end; ``invalid_field`` for a wrong old one,
        ``too_many`` after several."""
        user = who.login.user
        account = user.name.casefold()
        wait = self._by_account.wait(account)
        if wait > 0:
            raise too_many(wait)
        known = await self._people.find_user(user.name)
        good, _ = await self._passwords.check(current, known.password_hash if known else None)
        if known is None or not good:
            self._by_account.failed(account)
            raise OnthewayError("invalid_field", WRONG_CURRENT, field="current")
        hashed = await self._passwords.hash(new)
        changed = await self._people.set_password(user.name, hashed, who.login.num)
        self._logins.forget_user(changed, who.login.num)
        self._monitor.note("user.password", who.actor, user.name)

    async def set_role(self, name: str, role: Role, actor: Actor) -> User:
        """Another role; open pages of this user begin anew with it; ``not_found``, ``conflict``
        for oneself: there must stay an admin."""
        actor.require(Action.PEOPLE)
        if actor.kind is Kind.USER and actor.id == name:
            raise OnthewayError("conflict", "You cannot change your own role.")
        user = await self._people.set_role(name, role)
        self._logins.changed(user)
        self._monitor.note("user.role", actor, name, {"role": role})
        return user

    async def remove_user(self, name: str, actor: Actor) -> None:
        """The user is gone, with his logins; ``not_found``."""
        actor.require(Action.PEOPLE)
        user = await self._people.remove_user(name)
        self._logins.forget_user(user, None)
        self._monitor.note("user.removed", actor, name)

    def close(self) -> None:
        """The program ends."""
        self._passwords.close()

    # within

    def _failed(self, name: str, address: str | None, why: str) -> None:
        actor = Actor(Kind.NOBODY, "", None, address)
        self._monitor.note_refusal("login.failed", actor, name[:MAX_NAME], {"why": why})


def person(login: Login, address: str | None) -> Person:
    """The login as somebody who acts."""
    actor = Actor(Kind.USER, login.user.name, login.user.role, address, login.num)
    return Person(login, actor)


def check_name(name: str) -> None:
    """Raise ``invalid_field`` unless this can name a user or a key."""
    if not 1 <= len(name) <= MAX_NAME or name != name.strip() or not name.isprintable():
        raise OnthewayError(
            "invalid_field", f"A name has 1 to {MAX_NAME} printable characters.", field="name"
        )
