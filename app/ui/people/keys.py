"""The keys of programs: made, listed, revoked."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from nicegui import ui

from app.domain.access import Role
from app.tracking.records import ApiKey
from app.ui.kit.dialogs import Form, ask, choice_field, line_of, show_secret, text_field
from app.ui.kit.heads import Heads, Standing
from app.ui.kit.parts import Handler, button, icon_for_eye, set_age
from app.ui.kit.tables import Empty, Table, Update, cell, set_text, text_cell
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.people.columns import KEY_SORTS, KEYS
from app.ui.people.logins import date_words
from app.ui.people.roles import RANKS, ROLES, role_of


class KeysPart:
    """The keys of programs."""

    def __init__(self, visit: Visit, asked: str, sorted_anew: Handler) -> None:
        self._visit = visit
        self.heads = Heads(visit, KEY_SORTS, asked, sorted_anew)
        values: dict[str, Callable[[ApiKey], Any]] = {
            "name": lambda key: key.name.casefold(),
            "role": lambda key: RANKS.index(key.role),
            "made": lambda key: key.created_at,
            "used": visit.services.signin.key_used_at,
            "state": lambda key: key.revoked_at is not None,
        }
        num = attrgetter("num")
        self._standing = Standing[ApiKey](self.heads, visit.services.monotonic, num, values)
        with ui.element("div").classes("toolbar part"):
            words("h2", "API keys").classes("part-title")
            self.heads.build_choice("Keys sorted by")
            ui.element("span").classes("toolbar-space")
            button("New API key", visit.act(self._add), "", "key")
        self._table = Table("API keys", KEYS, num, self._row, self.heads)
        more = "Your shop or your own programs use a key to make orders and to follow them."
        self._empty = Empty("key", "No API keys yet", more)

    async def refresh(self) -> None:
        """Show what there is."""
        keys = await self._visit.services.store.people.keys()
        keys.sort(key=lambda key: key.name.casefold())
        self._table.show(self._standing.of(keys))
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
