"""The people page, for admins: users with their roles, and API keys of programs."""

from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui
from starlette.requests import Request

from app.domain.access import Role
from app.domain.errors import OnthewayError
from app.tracking.records import ApiKey, User
from app.ui.kit.dialogs import Form, ask, choice_field, line_of, show_secret, text_field
from app.ui.kit.parts import button, icon_for_eye, set_age
from app.ui.kit.tables import STYLES, Column, Empty, Table, Update, cell, set_text, text_cell
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.people.logins import LoginsPart, PasswordFields, date_words

EVERY: Final = 1.0
"""Seconds between looks for what others changed."""

ROLES: Final = {
    Role.VIEWER.value: "Viewer: sees, changes nothing",
    Role.DISPATCHER.value: "Dispatcher: orders and drivers",
    Role.ADMIN.value: "Admin: everything, also people",
}
USER_COLUMNS: Final = (
    Column("Name", "minmax(120px, 1.4fr)", "card-title"),
    Column("Role", "minmax(96px, 0.8fr)"),
    Column("Since", "minmax(112px, 0.8fr)"),
    Column("", "max-content", "card-actions"),
)
KEY_COLUMNS: Final = (
    Column("Name", "minmax(120px, 1.4fr)", "card-title"),
    Column("Role", "minmax(96px, 0.8fr)"),
    Column("Made", "minmax(112px, 0.8fr)"),
    Column("Last used", "minmax(96px, 0.8fr)"),
    Column("State", "minmax(96px, 0.8fr)"),
    Column("", "max-content", "card-actions"),
)


async def build(visit: Visit, _request: Request) -> None:
    """Build the page."""
    ui.add_head_html(STYLES)

    async def refresh() -> None:
        await users.refresh()
        await logins.refresh()
        await keys.refresh()

    users = UsersPart(visit, refresh)
    logins, keys = LoginsPart(visit, "Signed in", everybody=True), KeysPart(visit)

    await refresh()
    visit.every(EVERY, refresh)


class UsersPart:
    """Who may sign in; ``changed`` is called after each deed."""

    def __init__(self, visit: Visit, changed: Callable[[], Awaitable[None]]) -> None:
        self._visit = visit
        self._changed = changed
        with ui.element("div").classes("toolbar"):
            words("h2", "Users").classes("part-title")
            ui.element("span").classes("toolbar-space")
            button("Add user", visit.act(self._add), "btn-primary", "person_add")
        self._table = Table("Users", USER_COLUMNS, lambda user: user.num, self._row)

    async def refresh(self) -> None:
        """Show who there is."""
        self._table.show(await self._visit.services.store.people.users())

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

        more = "Open pages of this user end at once. What he did stays in the activity log."
        ask(self._visit, f"Remove {user.name}?", more, "Remove user", remove)


class KeysPart:
    """The keys of programs."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        with ui.element("div").classes("toolbar part"):
            words("h2", "API keys").classes("part-title")
            ui.element("span").classes("toolbar-space")
            button("New API key", visit.act(self._add), "", "key")
        self._table = Table("API keys", KEY_COLUMNS, lambda key: key.num, self._row)
        more = "Your shop or your own programs use a key to make orders and to follow them."
        self._empty = Empty("key", "No API keys yet", more)

    async def refresh(self) -> None:
        """Show what there is."""
        keys = await self._visit.services.store.people.keys()
        keys.sort(key=lambda key: (key.revoked_at is not None, key.name.casefold()))
        self._table.show(keys)
        self._empty.show(not keys)

    def _row(self) -> Update[ApiKey]:
        visit, shown = self._visit, list[ApiKey]()
        name, role = text_cell("whole strong"), text_cell()
        made = text_cell("whole muted")
        with cell():
            used = words("span", "").classes("muted")
        with cell(), ui.element("span").classes("state") as mark:
            icon = icon_for_eye("")
            word = words("span", "")
        with cell("actions"):
            revoke = button(
                "Revoke", visit.act(lambda: self._revoke(shown[0])), "btn-small btn-quiet"
            )

        def update(key: ApiKey) -> None:
            shown[:] = [key]
            ended = key.revoked_at is not None
            set_text(name, key.name)
            set_text(role, key.role.value.capitalize())
            set_text(made, date_words(visit, key.created_at))
            used_at = visit.services.signin.key_used_at(key)
            set_age(used, used_at)
            used.set_text("" if used_at else "not since the start")
            used.props["title"] = "Counted since this server started"
            mark.classes(replace="state state-off" if ended else "state state-ok")
            icon.set_name("block" if ended else "check_circle")
            word.set_text("Revoked" if ended else "Valid")
            revoke.set_visibility(not ended)

        return update

    def _add(self) -> None:
        async def add() -> None:
            chosen = line_of(name, "name", needed=True) or ""
            made, key = await self._visit.services.signin.add_key(
                chosen, role_of(role.value), self._visit.actor
            )
            more = "This is shown only now. Keep it where the program reads its secrets."
            show_secret(self._visit, f"API key {made.name}", more, {"API key": key})
            await self.refresh()

        form = Form(self._visit, "New API key", "Make key", add, draft="this key")
        with form.body:
            name = text_field(
                "Name", hint="What uses it, such as the shop's name.", autocomplete="off"
            )
            role = choice_field("Role", ROLES, Role.DISPATCHER.value)

    def _revoke(self, key: ApiKey) -> None:
        async def revoke() -> None:
            await self._visit.services.signin.revoke_key(key.name, self._visit.actor)
            self._visit.say(f"The key {key.name} is revoked.")
            await self.refresh()

        more = "Programs that use it are refused at once, and their sockets are closed."
        ask(self._visit, f"Revoke the key {key.name}?", more, "Revoke key", revoke)


def role_of(value: object) -> Role:
    """A chosen role; ``invalid_field``."""
    try:
        return Role(str(value))
    except ValueError:
        raise OnthewayError("invalid_field", "Please choose a role.", field="role") from None
