"""The frame of every staff page: a slim rail (a bottom bar on a phone), a title, the content.

Takes the menu, imports no page.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from nicegui import ui

from app.domain.access import Action
from app.ui.kit.attention import Attention, mark
from app.ui.kit.visit import Visit
from app.ui.kit.words import Icon, words

HEAD: Final = """
<meta name="robots" content="noindex, nofollow">
<link rel="icon" href="/static/icons/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/shared/ontheway.css">
<link rel="stylesheet" href="/static/staff/dashboard.css">
<script type="module" src="/static/staff/zone.js"></script>
<script type="module" src="/static/staff/staff.js"></script>
<script type="module" src="/static/staff/unsaved.js"></script>
<script type="module" src="/static/staff/drafts.js"></script>
<script type="module" src="/static/staff/news.js"></script>
<script type="module" src="/static/staff/keys.js"></script>
<script type="module" src="/static/staff/rail.js"></script>
"""

FIRST: Final = 4
"""Pages that a phone's bar shows; the others are behind "More"."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the menu."""

    path: str
    title: str
    icon: str
    action: Action


@contextmanager
def frame(
    visit: Visit,
    menu: Sequence[Entry],
    here: Entry,
    account: Entry,
    attention: Attention,
    *,
    wide: bool = False,
) -> Iterator[None]:
    """Build the frame; what is made inside is the page's content.

    ``account`` is the person's own page; ``attention`` is shown at the first one of the menu.
    ``wide``: edge to edge without a heading (the live map); else a column with a heading.
    """
    ui.add_head_html(HEAD)
    _leave_main_to_us(visit)
    now = visit.services.now() // 1_000
    with (
        ui.element("div")
        .classes("staff")
        .props(f"data-now={now} data-login={visit.person.login.num}")
    ):
        _rail(visit, menu, here, account, attention)
        kind = "staff-page staff-wide" if wide else "staff-page"
        with ui.element("main").classes(kind).props("id=main"):
            if not wide:
                words("h1", here.title).classes("page-title")
            yield


def _leave_main_to_us(visit: Visit) -> None:
    """Quasar would make all of a page its main part, the menu too."""
    slot = visit.client.content.parent_slot
    assert slot is not None
    slot.parent.tag = "div"


def _rail(
    visit: Visit, menu: Sequence[Entry], here: Entry, account: Entry, attention: Attention
) -> None:
    mine = [entry for entry in menu if visit.may(entry.action)]
    with ui.element("nav").classes("rail").props('aria-label="Pages"'):
        with ui.element("a").classes("rail-mark").props('href=/admin aria-label="Ontheway"'):
            ui.element("img").props('src=/static/icons/favicon.svg alt="" width=28 height=28')
        for entry in mine[:FIRST]:
            item = _item(entry, here)
            if entry is menu[0]:
                mark(attention, item, entry.title)
        more = ui.element("button").classes("rail-item rail-more")
        with more.props("type=button data-more aria-expanded=false"):
            _face("more_horiz", "More")
        more.props.set_bool("data-here", here in (*mine[FIRST:], account))
        with ui.element("div").classes("rail-rest"):
            for entry in mine[FIRST:]:
                _item(entry, here)
            ui.element("div").classes("rail-space")
            keys = ui.element("button").classes("rail-item rail-keys")
            with keys.props("type=button data-keys"):
                _face("keyboard", "Shortcuts")
            _item(account, here)
            leave = ui.element("form").classes("rail-form").props('method="post" action="/logout"')
            with leave, ui.element("button").classes("rail-item").props('type="submit"'):
                _face("logout", "Sign out")


def _item(entry: Entry, here: Entry) -> ui.element:
    current = ' aria-current="page"' if entry is here else ""
    item = ui.element("a").classes("rail-item").props(f'href="{entry.path}"{current}')
    with item:
        _face(entry.icon, entry.title)
    return item


def _face(icon: str, word: str) -> None:
    Icon(icon)
    ui.label(word)
