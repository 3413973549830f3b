"""Who is signed in where, ended one by one, and the fields of a new password."""

from typing import Final

from nicegui import ui

from app.domain.errors import OnthewayError
from app.domain.times import to_datetime
from app.tracking.records import Login
from app.ui.kit.dialogs import ask, text_field
from app.ui.kit.parts import button, set_age
from app.ui.kit.tables import Column, Pager, Pages, Table, Update, cell, set_text, text_cell
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.people.agents import agent_words

PASSWORD_HINT: Final = "At least 8 characters. A few words in a row are good."
COLUMNS: Final = (
    Column("Who", "minmax(112px, 1.2fr)", "card-title"),
    Column("Browser", "minmax(112px, 1.2fr)"),
    Column("From", "minmax(104px, 1fr)"),
    Column("Since", "minmax(96px, 0.6fr)"),
    Column("Last used", "minmax(88px, 0.6fr)"),
    Column("", "max-content", "card-actions"),
)


class LoginsPart:
    """Logins that hold: of ``everybody``, or one's own."""

    def __init__(self, visit: Visit, title: str, *, everybody: bool) -> None:
        self._visit = visit
        self._everybody = everybody
        self._pages = Pages()
        with ui.element("div").classes("toolbar part"):
            words("h2", title).classes("part-title")
        self._table = Table(title, COLUMNS, lambda login: login.num, self._row)
        self._pager = Pager(self._pages, visit.act(self.refresh), back="Newer", forward="Older")

    async def refresh(self) -> None:
        """Show what is so now."""
        mine = self._visit.person.login.user.num
        found = [
            login
            for login in await self._visit.services.signin.logins()
            if self._everybody or login.user.num == mine
        ]
        self._table.show(self._pages.of(found))
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
