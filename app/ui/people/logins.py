"""Who is signed in where, ended one by one, and the fields of a new password."""

from collections.abc import Callable
from typing import Any, Final

from nicegui import ui

from app.domain.errors import OnthewayError
from app.domain.times import to_datetime
from app.tracking.records import Login
from app.ui.kit.agents import agent_words
from app.ui.kit.dialogs import ask, text_field
from app.ui.kit.heads import Heads, Standing
from app.ui.kit.parts import Handler, button, set_age
from app.ui.kit.tables import (
    Pager,
    Pages,
    Table,
    Update,
    cell,
    set_text,
    text_cell,
    turned_by,
)
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.people.columns import LOGIN_SORTS, LOGINS

PASSWORD_HINT: Final = "At least 8 characters. A few words in a row are good."


def _num(login: Login) -> int:
    return login.num


VALUES: Final[dict[str, Callable[[Login], Any]]] = {
    "who": lambda login: login.user.name.casefold(),
    "browser": lambda login: agent_words(login.agent).casefold(),
    "from": lambda login: login.address,
    "since": lambda login: login.created_at,
    "used": lambda login: login.seen_at,
}
"""What sorts sign-ins."""


class LoginsPart:
    """Logins that hold: of ``everybody``, or one's own. ``asked``: how the address sorts them;
    ``sorted_anew`` is called when that is to be shown there."""

    def __init__(
        self, visit: Visit, title: str, asked: str, sorted_anew: Handler, *, everybody: bool
    ) -> None:
        self._visit = visit
        self._everybody = everybody
        self._pages = Pages()
        first = turned_by(self._pages.first, sorted_anew)
        self.heads = Heads(visit, LOGIN_SORTS, asked, first)
        self._standing = Standing(self.heads, visit.services.monotonic, _num, VALUES)
        with ui.element("div").classes("toolbar part"):
            words("h2", title).classes("part-title")
            self.heads.build_choice("Sign-ins sorted by")
        self._table = Table(title, LOGINS, _num, self._row, self.heads)
        self._pager = Pager(self._pages, visit.act(self.refresh), back="Previous", forward="Next")

    async def refresh(self) -> None:
        """Show what is so now."""
        mine = self._visit.person.login.user.num
        found = [
            login
            for login in await self._visit.services.signin.logins()
            if self._everybody or login.user.num == mine
        ]
        self._table.show(self._pages.of(self._standing.of(found)))
        self._pager.show()

    def _row(self) -> Update[Login]:
        visit, shown = self._visit, list[Login]()
        with cell("whole"):
            name = words("span", "").classes("strong")
            here = words("span", " this browser").classes("muted")
        browser, address = text_cell(), text_cell("whole mono")
        with cell():
            since = words("span", "").classes("age-plain")
        with cell():
            used = words("span", "").classes("age-plain")
        with cell("actions"):
            end = button("End", visit.act(lambda: self._end(shown[0])), "btn-small btn-quiet")

        def update(login: Login) -> None:
            shown[:] = [login]
            set_text(name, login.user.name)
            here.set_visibility(login.num == visit.person.login.num)
            set_text(browser, agent_words(login.agent), whole=False)
            browser.props["title"] = login.agent or ""
            set_text(address, login.address or "unknown")
            set_age(since, login.created_at)
            set_age(used, login.seen_at)
            end.props["aria-label"] = f"End the sign-in of {login.user.name}"

        return update

    def _end(self, login: Login) -> None:
        visit = self._visit

        async def end() -> None:
            await visit.services.signin.end_login(login, visit.actor)
            visit.say(f"{login.user.name} is signed out there.")
            await self.refresh()

        here = login.num == visit.person.login.num
        more = "This is the browser that you use now: you are signed out." if here else ""
        where = f"{agent_words(login.agent)}, {login.address or 'unknown address'}"
        ask(
            visit,
            f"End the sign-in of {login.user.name}?",
            more or f"Its open pages ({where}) go to the sign-in page at once.",
            "End sign-in",
            end,
        )


class PasswordFields:
    """A password, typed twice."""

    def __init__(self, label: str = "Password") -> None:
        kept = {"type": "password", "autocomplete": "new-password", "maxlength": "1024"}
        self._first = text_field(label, hint=PASSWORD_HINT, **kept)
        self._second = text_field(f"{label} again", **kept)

    def value(self) -> str:
        """The password; ``invalid_field`` unless it is twice the same."""
        first, second = self._first.value, self._second.value
        if not isinstance(first, str) or not first:
            raise OnthewayError("invalid_field", "Please enter a password.", field="password")
        if first != second:
            raise OnthewayError(
                "invalid_field", "The two passwords are not the same.", field="password"
            )
        return first


def date_words(visit: Visit, moment: int) -> str:
    """ "23 November 2025"."""
    there = to_datetime(moment).astimezone(visit.zone)
    return f"{there.day} {there:%B %Y}"
