"""The logins that are in use: what hangs on each, when it was used last, when its time is over."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app.domain.access import Role
from app.domain.times import MINUTE
from app.tracking.records import Login, User

IDLE: Final = 30 * MINUTE


class LiveLogins:
    """Logins of this process; ``lifetime`` in microseconds. The store is the truth; this is what
    handlers of open pages ask, many times a second."""

    def __init__(self, now: Callable[[], int], lifetime: int) -> None:
        self._now = now
        self._lifetime = lifetime
        self._known: dict[int, Login] = {}
        self._changed: dict[int, User] = {}
        """Users with a new role: a look-up that began before may still bring the old one."""
        self._ended: set[int] = set()
        """Logins that may still be on their way here from a look-up that began before."""
        self._used: dict[int, int] = {}
        self._ends: dict[int, list[Callable[[], None]]] = {}

    def remember(self, login: Login) -> Login | None:
        """It is in use; the login as it is by now, None where it ended meanwhile."""
        if login.num in self._ended:
            return None
        user = self._changed.get(login.user.num)
        login = login if user is None else replace(login, user=user)
        self._known[login.num] = login
        self._used.setdefault(login.num, login.seen_at)
        return login

    def touch(self, num: int) -> None:
        """It was used now."""
        self._used[num] = self._now()

    def used_at(self, login: Login) -> int:
        """When it was used last."""
        return max(login.seen_at, self._used.get(login.num, 0))

    def over(self, login: Login) -> bool:
        """Whether its time is over."""
        now = self._now()
        return now - login.created_at > self._lifetime or now - self.used_at(login) > IDLE

    def holds(self, num: int) -> bool:
        """Whether it is still good."""
        return self.role_of(num) is not None

    def role_of(self, num: int) -> Role | None:
        """The role of its user now; None where it is not good any more."""
        login = self._known.get(num)
        return login.user.role if login is not None and not self.over(login) else None

    def hang_on(self, num: int, end: Callable[[], None]) -> Callable[[], None]:
        """Call ``end`` when the login ends or its role changes, at once if it has ended; returns
        the way to take that back."""
        if num not in self._known:
            end()
            return _nothing
        self._ends.setdefault(num, []).append(end)

        def take_back() -> None:
            ends = self._ends.get(num, [])
            if end in ends:
                ends.remove(end)
            if not ends:
                self._ends.pop(num, None)

        return take_back

    def overdue(self) -> list[int]:
        """Logins whose time is over; an open page is use."""
        now = self._now()
        for num in self._ends:
            self._used[num] = now
        return [num for num, login in self._known.items() if self.over(login)]

    def forget(self, num: int) -> None:
        """It ended, with everything that hangs on it."""
        self._ended.add(num)
        self._known.pop(num, None)
        self._used.pop(num, None)
        self._let_go(num)

    def forget_user(self, user: User, keep: int | None) -> None:
        """All logins of a user ended but one."""
        for num in self._of(user):
            if num != keep:
                self.forget(num)

    def changed(self, user: User) -> None:
        """His role is another: what hangs on his logins ends, the logins go on."""
        self._changed[user.num] = user
        for num in self._of(user):
            self._known[num] = replace(self._known[num], user=user)
            self._let_go(num)

    def _of(self, user: User) -> list[int]:
        return [num for num, login in self._known.items() if login.user.num == user.num]

    def _let_go(self, num: int) -> None:
        for end in self._ends.pop(num, []):
            end()


def _nothing() -> None:
    """There is nothing to take back."""
