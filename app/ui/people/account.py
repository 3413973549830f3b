"""One's own account: the password, and where one is signed in; for every role."""

from typing import Final

from nicegui import ui
from starlette.requests import Request

from app.ui.kit.address import keep_address
from app.ui.kit.dialogs import Form, text_field
from app.ui.kit.facts import Facts
from app.ui.kit.parts import button
from app.ui.kit.tables import STYLES
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.people.logins import LoginsPart, PasswordFields
from app.ui.people.roles import ROLES

HOME: Final = "/admin/account"
EVERY: Final = 1.0
"""Seconds between looks for what changed elsewhere."""


async def build(visit: Visit, request: Request) -> None:
    """Build the page; `?logins=` sorts."""
    ui.add_head_html(STYLES)
    user = visit.person.login.user
    with ui.element("div").classes("card account"):
        Facts().show({"Name": user.name, "Role": ROLES[user.role.value]})
        button("Change password", visit.act(lambda: _change(visit)), "btn-primary", "key")

    async def sorted_anew() -> None:
        keep_address(HOME, {"logins": logins.heads.asked})
        await logins.refresh()

    asked = request.query_params.get("logins", "")
    logins = LoginsPart(visit, "Where you are signed in", asked, sorted_anew, everybody=False)
    await logins.refresh()
    visit.every(EVERY, logins.refresh)


def _change(visit: Visit) -> None:
    async def change() -> None:
        value = current.value
        old = value if isinstance(value, str) else ""
        await visit.services.signin.change_password(visit.person, old, passwords.value())
        visit.say("You have a new password.")

    form = Form(visit, "Change password", "Change password", change)
    with form.body:
        more = "Everywhere else where you are signed in, the sign-in ends at once."
        words("p", more).classes("muted")
        kept = {"type": "password", "autocomplete": "current-password", "maxlength": "1024"}
        current = text_field("Current password", **kept, autofocus="")
        passwords = PasswordFields("New password")
