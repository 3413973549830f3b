"""The replay page: what an order, a driver or the whole fleet did at any time of the past.

Only its frame is made here. static/replay/replay.js chooses, reads the past over HTTP, and plays
it, so that nothing of it goes through this page's own socket.
"""

from typing import Final

from nicegui import ui
from starlette.requests import Request

from app.domain.times import SECOND
from app.tracking.replay import newest_work
from app.ui.kit.map import empty_map
from app.ui.kit.parts import DASH, button, icon_for_eye
from app.ui.kit.scripts import preloads
from app.ui.kit.visit import Visit
from app.ui.kit.words import Words, words

HEAD: Final = '<link rel="stylesheet" href="/static/replay/replay.css">' + preloads(
    "replay/replay.js"
)
BODY: Final = '<script type="module" src="/static/replay/replay.js"></script>'
KINDS: Final = {"order": "Order", "driver": "Driver", "fleet": "Fleet"}
ASKED: Final = ("order", "driver", "at")
"""What a link may ask for; on a phone its answer gets the room of the form at once."""
RATES: Final = (1, 2, 5, 10, 30, 60)
USUAL_RATE: Final = 10
TIMES: Final = "\N{MULTIPLICATION SIGN}"
LENGTHS: Final = {"15m": "15 minutes", "1h": "1 hour", "4h": "4 hours", "day": "Whole day"}
"""How much of the fleet's past is shown around a moment."""
FILES: Final = {"gpx": "GPX", "geojson": "GeoJSON", "csv": "CSV"}


async def build(visit: Visit, request: Request) -> None:
    """Build the page; ``?order=``, ``?driver=`` or ``?at=`` says what to show, and from when to
    when."""
    services = visit.services
    markers = [live.marker for live in services.board.drivers.values()]
    newest = max((marker.at for marker in markers if marker is not None), default=None)
    work = await newest_work(services.store.tracks, newest)
    ui.add_head_html(HEAD)
    ui.add_body_html(BODY)
    with ui.element("div").classes("replay") as root:
        root.props.set_bool("data-folded", any(one in request.query_params for one in ASKED))
        if work is not None:
            root.props["data-work"] = str(work // SECOND)
        empty_map(visit, root, "replay-map")
        with ui.element("section").classes("replay-panel").props('aria-label="What to replay"'):
            _build_choice()
            _build_loading()
            _build_about()
        with ui.element("section").classes("replay-player").props("aria-label=Player"):
            _build_player()


# --- the panel -----------------------------------------------------------------------------


def _build_choice() -> None:
    with ui.element("header").classes("replay-head"):
        words("h1", "Replay").props("data-title")
        fold = button("Change", None, "btn-small replay-fold")
        fold.props("data-tool=fold aria-expanded=true")
    with ui.element("form").classes("replay-form").props("autocomplete=off data-kind=order"):
        with ui.element("div").classes("chips").props('role=group aria-label="Whose past"'):
            for kind, word in KINDS.items():
                chip = words("button", word).classes("chip")
                chip.props(f"type=button data-choose={kind} aria-pressed=false")
        _build_search()
        with ui.element("div").classes("replay-times"):
            _time_field("from", "From")
            _time_field("to", "To")
            _time_field("at", "Moment")
            _build_length()
            words("p", "Without times, all of the order is shown.").classes("field-hint")
        with ui.element("div").classes("replay-go"):
            _step("earlier", "chevron_left", "Earlier")
            show = button("Show", None, "btn-primary")
            show.props("type=submit data-tool=show")
            _step("later", "chevron_right", "Later")


def _build_search() -> None:
    with ui.element("div").classes("field replay-who"):
        words("label", "Order").props("for=replay-who data-who-label")
        field = ui.element("input").classes("input").props("type=search id=replay-who data-search")
        field.props("role=combobox aria-expanded=false aria-autocomplete=list maxlength=100")
        field.props("aria-controls=replay-found spellcheck=false")
        found = (
            ui.element("ul").classes("replay-found").props("id=replay-found role=listbox hidden")
        )
        found.props("aria-label=Suggestions")


def _time_field(name: str, word: str) -> None:
    with ui.element("div").classes(f"field replay-{name}"):
        words("label", word).props(f"for=replay-{name}")
        field = ui.element("input").classes("input").props(f"type=datetime-local id=replay-{name}")
        field.props(f"data-time={name} step=60")


def _build_length() -> None:
    with ui.element("div").classes("field replay-length"):
        words("label", "Length").props("for=replay-length")
        field = ui.element("select").classes("input choice").props("id=replay-length data-length")
        with field:
            for length, word in LENGTHS.items():
                words("option", word).props(f"value={length}")


def _step(tool: str, icon: str, word: str) -> None:
    made = ui.element("button").classes("btn btn-icon").props(f"type=button data-tool={tool}")
    made.props(f"aria-label={word} title={word}")
    with made:
        icon_for_eye(icon)


def _build_loading() -> None:
    with ui.element("div").classes("replay-loading").props("data-part=loading hidden"):
        ui.element("progress").props("max=1 aria-label=Loading")
        with ui.element("div").classes("replay-loading-line"):
            words("span", "").props("data-loaded role=status")
            button("Cancel", None, "btn-small").props("data-tool=cancel")


def _build_about() -> None:
    words("p", "").classes("notice").props("data-part=notice role=status hidden")
    with ui.element("div").classes("replay-since").props("role=status"):
        newer = button("Show what came since", None, "btn-small replay-newer", "update")
        newer.props("data-tool=newer hidden")
    with ui.element("div").classes("replay-empty").props("data-part=empty"):
        icon_for_eye("replay")
        words("h2", "See what happened").props("data-empty-title")
        text = "Choose an order or a driver, or a moment for the whole fleet."
        words("p", text).props("data-empty-text")
    with ui.element("div").classes("replay-about").props("data-part=about hidden"):
        ui.element("dl").classes("facts").props("data-facts")
        with ui.element("section").classes("section").props("data-part=stops"):
            words("h2", "Stops").classes("section-title")
            ui.element("ol").classes("replay-stops").props("data-stops")
        with ui.element("section").classes("section replay-export"):
            words("h2", "Export what is shown").classes("section-title")
            with ui.element("div").classes("replay-files"):
                for kind, word in FILES.items():
                    link = words("a", word).classes("btn btn-small")
                    link.props(f"data-file={kind} download")


# --- the player ----------------------------------------------------------------------------


def _build_player() -> None:
    with ui.element("div").classes("replay-chart").props("data-part=chart"):
        ui.element("canvas").props("data-chart role=img aria-label=Speed")
    slider = ui.element("input").classes("replay-slider").props("type=range data-slider disabled")
    slider.props("min=0 max=1 step=1000 aria-label=Time")
    with ui.element("div").classes("replay-bar"):
        play = ui.element("button").classes("btn btn-primary btn-icon replay-play")
        play.props('type=button data-tool=play aria-label=Play title="Play (space)" disabled')
        with play:
            icon_for_eye("play_arrow").classes("replay-is-paused")
            icon_for_eye("pause").classes("replay-is-playing")
        with ui.element("div").classes("replay-clock"):
            _text("clock", "strong replay-time", f"{DASH}:{DASH}")
            _text("day", "muted small", "")
        _text("state", "replay-state", "").props("role=status aria-live=off")
        words("span", "Space plays, ← → 10 s, with Shift 1 min").classes("replay-keys muted small")
        rate = ui.element("select").classes("input choice replay-rate")
        rate.props("data-rate aria-label=Pace")
        with rate:
            for times in RATES:
                option = words("option", f"{times}{TIMES}").props(f"value={times}")
                if times == USUAL_RATE:
                    option.props("selected")


def _text(name: str, kind: str, text: str) -> Words:
    return words("span", text).classes(kind).props(f"data-{name}")
