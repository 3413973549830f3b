"""The people page, for admins: users with their roles, and API keys of programs."""

from collections.abc import Awaitable, Callable
from operator import attrgetter
from typing import Any, Final

from nicegui import ui
from starlette.requests import Request

from app.domain.access import Role
from app.domain.errors import OnthewayError
from app.tracking.records import User
from app.ui.kit.address import keep_address
from app.ui.kit.dialogs import Form, ask, choice_field, line_of, text_field
from app.ui.kit.heads import Heads, Standing
from app.ui.kit.parts import Handler, button
from app.ui.kit.tables import STYLES, Table, Update, cell, set_text, text_cell
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.people.columns import USER_SORTS, USERS
from app.ui.people.keys import KeysPart
from app.ui.people.logins import LoginsPart, PasswordFields, date_words
from app.ui.people.roles import RANKS, ROLES, role_of

HOME: Final = "/admin/people"
EVERY: Final = 1.0
"""Seconds between looks for what others changed."""


async def build(visit: Visit, request: Request) -> None:
    """Build the page; `?users=`, `?logins=` and `?keys=` sort its tables."""
    query = request.query_params
    ui.add_head_html(STYLES)

    async def refresh() -> None:
        await users.refresh()
        await logins.refresh()
        await keys.refresh()

    async def sorted_anew() -> None:
        heads = {"users": users.heads, "logins": logins.heads, "keys": keys.heads}
        keep_address(HOME, {name: one.asked for name, one in heads.items()})
        await refresh()

    users = UsersPart(visit, query.get("users", ""), sorted_anew, refresh)
    signed_in = query.get("logins", "")
    logins = LoginsPart(visit, "Signed in", signed_in, sorted_anew, everybody=True)
    keys = KeysPart(visit, query.get("keys", ""), sorted_anew)

    await refresh()
    visit.every(EVERY, refresh)


class UsersPart:
    """Who may sign in; ``changed`` is called after each deed."""

    def __init__(
        self,
        visit: Visit,
        asked: str,
        sorted_anew: Handler,
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._visit = visit
        self._changed = changed
        self.heads = Heads(visit, USER_SORTS, asked, sorted_anew)
        values: dict[str, Callable[[User], Any]] = {
            "name": lambda user: user.name.casefold(),
            "role": lambda user: RANKS.index(user.role),
            "since": lambda user: user.created_at,
        }
        num = attrgetter("num")
        self._standing = Standing[User](self.heads, visit.services.monotonic, num, values)
        with ui.element("div").classes("toolbar"):
            words("h2", "Users").classes("part-title")
            self.heads.build_choice("Users sorted by")
            ui.element("span").classes("toolbar-space")
            button("Add user", visit.act(self._add), "btn-primary", "person_add")
        self._table = Table("Users", USERS, num, self._row, self.heads)

    async def refresh(self) -> None:
        """Show who there is."""
        users = await self._visit.services.store.people.users()
        self._table.show(self._standing.of(users))

    def _row(self) -> Update[User]:
        visit, shown = self._visit, list[User]()
        with cell("whole"):
            name = words("span", "").classes("strong")
            you = words("span", " you").classes("muted")
        role, since = text_cell(), text_cell("whole muted")
        with cell("actions actions-many"):
            new_role = button(
                "Role", visit.act(lambda: self._role(shown[0])), "btn-small btn-quiet"
            )
            change = visit.act(lambda: self._password(shown[0]))
            button("New password", change, "btn-small btn-quiet")
            remove = button(
                "Remove", visit.act(lambda: self._remove(shown[0])), "btn-small btn-quiet"
            )

        def update(user: User) -> None:
            shown[:] = [user]
            set_text(name, user.name)
            set_text(role, user.role.value.capitalize())
            set_text(since, date_words(visit, user.created_at))
            you.set_visibility(self._is_me(user))
            for element in (new_role, remove):
                element.set_visibility(not self._is_me(user))

        return update

    def _is_me(self, user: User) -> bool:
        return user.num == self._visit.person.login.user.num

    def _add(self) -> None:
        async def add() -> None:
            chosen = line_of(name, "name", needed=True) or ""
            await self._visit.services.signin.add_user(
                chosen, role_of(role.value), passwords.value(), self._visit.actor
            )
            self._visit.say(f"{chosen} can sign in now.")
            await self._changed()

        form = Form(self._visit, "Add user", "Add user", add, draft="this user")
        with form.body:
            name = text_field("Name", autocomplete="off", autofocus="")
            role = choice_field("Role", ROLES, Role.DISPATCHER.value)
            passwords = PasswordFields()

    def _role(self, user: User) -> None:
        async def change() -> None:
            chosen = role_of(role.value)
            await self._visit.services.signin.set_role(user.name, chosen, self._visit.actor)
            self._visit.say(f"{user.name} is {chosen.value} now.")
            await self._changed()

        form = Form(self._visit, f"Role of {user.name}", "Change role", change)
        with form.body:
            more = (
                "Open pages of this user are loaded anew at once, with what the new role may see."
            )
            words("p", more).classes("muted")
            role = choice_field("Role", ROLES, user.role.value)

    def _password(self, user: User) -> None:
        async def change() -> None:
            mine = self._visit.person.login.num if self._is_me(user) else None
            await self._visit.services.signin.set_password(
                user.name, passwords.value(), self._visit.actor, keep_login=mine
            )
            self._visit.say(f"{user.name} has a new password.")
            await self._changed()

        form = Form(self._visit, f"New password for {user.name}", "Set password", change)
        with form.body:
            more = "Everywhere else where this user is signed in, the sign-in ends at once."
            words("p", more).classes("muted")
            passwords = PasswordFields()

    def _remove(self, user: User) -> None:
        async def remove() -> None:
            if self._is_me(user):
                raise OnthewayError("conflict", "You cannot remove yourself.")
            await self._visit.services.signin.remove_user(user.name, self._visit.actor)
            self._visit.say(f"{user.name} is removed.")
            await self._changed()

        more = "Open pages of this user end at once. What was done stays in the activity log."
        ask(self._visit, f"Remove {user.name}?", more, "Remove user", remove)
