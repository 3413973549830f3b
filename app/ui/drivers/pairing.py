"""How a driver's phone is connected, shown while his new token can be shown: for each app a code to
scan, a link to tap, and what to copy."""

from collections.abc import Callable
from typing import Final

from nicegui import ui

from app.protocol.apps.message import App, Phone, Setup
from app.protocol.apps.table import APPS
from app.tracking.fleet import MadeDriver
from app.ui.kit.dialog import Dialog
from app.ui.kit.dialogs import copied, qr_code
from app.ui.kit.parts import button
from app.ui.kit.tables import Chips
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

STYLES: Final = '<link rel="stylesheet" href="/static/staff/phones.css">'
"""For the head of every page where the dialog may open."""
PAGE: Final = "page"
READY: Final = {
    app.key: app
    for app in sorted(APPS, key=lambda app: (-len(app.phones), app.name))
    if app.setup is not None
}
"""The apps, those for both kinds of phones first."""
ONCE: Final = (
    "This is shown only now: Ontheway keeps a fingerprint of the token and not the token itself. "
    "Connect the phone while this is open, or send the driver what is needed."
)
NOT_SECRET: Final = (
    "The address begins with http: whoever listens on the way can read the token, and most phones "
    "refuse it. Serve https before real deliveries."
)
LONG: Final = 200


class Pairing:
    """The dialog after a token was made."""

    def __init__(self, visit: Visit, made: MadeDriver, title: str) -> None:
        self._visit = visit
        self._made = made
        self._url = visit.services.look.public_url
        dialog = Dialog(visit, title, lasting=True)
        with dialog.body:
            words("p", ONCE).classes("notice notice-warn")
            if self._url.startswith("http://"):
                words("p", NOT_SECRET).classes("notice notice-bad")
            names = {PAGE: "Driver's page"} | {key: app.name for key, app in READY.items()}
            with ui.element("div").classes("pairing-chips"):
                self._chips = Chips("How the phone reports", names, PAGE, visit.act(self._show))
            self._way = ui.element("div").classes("pairing")
        with dialog.foot:
            button("Done", dialog.close, "btn-primary")
        self._show()

    def _show(self) -> None:
        self._way.clear()
        with self._way:
            app = READY.get(self._chips.on)
            if app is None or app.setup is None:
                self._show_page()
            else:
                phone = Phone(f"{self._url}/ingest/{self._made.token}", self._made.driver.name)
                self._show_app(app, app.setup(phone))

    def _show_page(self) -> None:
        link = f"{self._url}/drive#{self._made.token}"
        words("p", "Nothing to install: the phone's browser reports while the page is open.")
        with ui.element("div").classes("pairing-way"):
            qr_code(link)
            with ui.element("div").classes("pairing-values"):
                copied("Driver link", link)
                copied("Token", self._made.token)

    def _show_app(self, app: App, setup: Setup) -> None:
        with ui.element("div").classes("pairing-way"):
            qr_code(setup.picture, f"QR code for {app.name}")
            with ui.element("div").classes("pairing-values"):
                words("p", f"For {app.phones}.").classes("muted small")
                with ui.element("ol").classes("pairing-steps"):
                    for step in setup.steps:
                        words("li", step)
        if setup.link is not None:
            copied("Link to open on the phone", setup.link, long=True)
        for label, text in setup.texts:
            copied(label, text, long=len(text) > LONG)
        if setup.file is not None:
            name, content = setup.file
            save = self._visit.act(_saver(name, content))
            button(f"Save {name}", save, "btn-small", "download")


def _saver(name: str, content: str) -> Callable[[], None]:
    return lambda: ui.download(content.encode(), name, "application/octet-stream")
