"""People and programs: signing in and out, logins that end in time, users, API keys."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.domain.access import Action, Actor, Kind, Role
from app.domain.errors import Close, OnthewayError
from app.domain.times import MINUTE
from app.tracking.credentials import Passwords, new_token, token_hash
from app.tracking.monitor import Monitor, Now
from app.tracking.ports import People
from app.tracking.records import ApiKey, Login, User
from app.tracking.throttle import Gauges, too_many

IDLE: Final = 30 * MINUTE
TOUCH: Final = MINUTE
WRONG: Final = "The name or the password is wrong."
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
        self._lifetime = lifetime
        self._known: dict[int, Login] = {}
        self._ended: set[int] = set()
        """Logins that may still be on their way here from a look-up that began before."""
        self._used: dict[int, int] = {}
        self._ends: dict[int, list[Callable[[], None]]] = {}

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
        self._remember(login)
        self._monitor.note("login.succeeded", person(login, address).actor)
        return login, token

    async def by_cookie(self, token: str, address: str | None) -> Person | None:
        """The person of a session cookie, if it still holds."""
        login = await self._people.find_login(token_hash(token))
        if login is None:
            return None
        now = self._now()
        if self._over(login, now):
            await self.end([login.num])
            return None
        if now - max(login.seen_at, self._used.get(login.num, 0)) > TOUCH:
            await self._people.touch_login(login.num, now)
        if login.num in self._ended:
            return None
        self._remember(login)
        self._used[login.num] = now
        return person(login, address)

    async def sign_out(self, who: Person) -> None:
        """End this login with its pages and sockets."""
        self._monitor.note("login.ended", who.actor)
        await self.end([who.login.num])

    async def end(self, nums: list[int]) -> None:
        """End logins, with everything that hangs on them."""
        await self._people.end_logins(nums)
        for num in nums:
            self._forget(num)

    def holds(self, login_num: int) -> bool:
        """Whether a login is still good; asked by every handler of a page."""
        login = self._known.get(login_num)
        return login is not None and not self._over(login, self._now())

    def hang_on(self, login_num: int, end: Callable[[], None]) -> Callable[[], None]:
        """Call ``end`` when the login ends, at once if it has; returns the way to take that
        back."""
        if login_num not in self._known:
            end()
            return _nothing
        self._ends.setdefault(login_num, []).append(end)

        def take_back() -> None:
            ends = self._ends.get(login_num, [])
            if end in ends:
                ends.remove(end)
            if not ends:
                self._ends.pop(login_num, None)

        return take_back

    async def sweep(self) -> None:
        """End the logins whose time is over; called every second."""
        now = self._now()
        for num in self._ends:
            self._used[num] = now  # an open page is use
        over = [num for num, login in self._known.items() if self._over(login, now)]
        if over:
            await self.end(over)

    # API keys

    async def by_key(self, key: str, address: str | None) -> Actor | None:
        """The program of an API key, unless revoked."""
        found = await self._people.find_key(token_hash(key))
        if found is None:
            return None
        return Actor(Kind.API_KEY, found.name, found.role, address, found.num)

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
        self._forget_user(user, keep_login)
        self._monitor.note("user.password", actor, name)

    async def remove_user(self, name: str, actor: Actor) -> None:
        """The user is gone, with his logins; ``not_found``."""
        actor.require(Action.PEOPLE)
        user = await self._people.remove_user(name)
        self._forget_user(user, None)
        self._monitor.note("user.removed", actor, name)

    def close(self) -> None:
        """The program ends."""
        self._passwords.close()

    # within

    def _over(self, login: Login, now: int) -> bool:
        used = max(login.seen_at, self._used.get(login.num, 0))
        return now - login.created_at > self._lifetime or now - used > IDLE

    def _remember(self, login: Login) -> None:
        self._known[login.num] = login
        self._used.setdefault(login.num, login.seen_at)

    def _forget(self, num: int) -> None:
        self._ended.add(num)
        self._known.pop(num, None)
        self._used.pop(num, None)
        for end in self._ends.pop(num, []):
            end()

    def _forget_user(self, user: User, keep: int | None) -> None:
        for num, login in list(self._known.items()):
            if login.user.num == user.num and num != keep:
                self._forget(num)

    def _failed(self, name: str, address: str | None, why: str) -> None:
        actor = Actor(Kind.NOBODY, "", None, address)
        self._monitor.note_refusal("login.failed", actor, name[:MAX_NAME], {"why": why})


def _nothing() -> None:
    """There is nothing to take back."""


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
