"""What the page knows of its order: for the words in its first HTML, and for its script."""

from typing import Any

import msgspec

from app.domain.times import MINUTE, format_time
from app.protocol.messages import Snapshot, Step, time_window
from app.tracking.follow import TrackPage
from app.tracking.services import Look
from app.tracking.views import position, spotted
from app.ui.track.language import Speech
from app.ui.track.times import day_and_time
from app.ui.track.view import Seen
from app.ui.track.words import ICONS, STEPS


def data(page: TrackPage, look: Look, speech: Speech, now: int) -> dict[str, Any]:
    """What track.js begins with: the order, and every word in the reader's language."""
    words = {name: texts for name, texts in speech.words.items() if name != "refusals"}
    return {
        "now": format_time(now),
        "snapshot": msgspec.to_builtins(_snapshot(page)),
        "window": msgspec.to_builtins(time_window(page.window)),
        "seenIn": sorted(look.preferences.current.sight.place),
        "lateAfter": look.preferences.current.late_after * MINUTE // 1_000,
        "pickup": msgspec.to_builtins(spotted(page.pickup)),
        "route": way(page),
        "note": page.note,
        "business": look.business_name,
        "tileUrl": look.tile_url,
        "tileAttribution": look.tile_attribution,
        "locale": speech.tag,
        "dayAndTime": day_and_time(speech.locale),
        "words": {**words, "icons": ICONS, "steps": STEPS},
    }


def way(page: TrackPage) -> list[tuple[float, float, str]]:
    """The way so far, as the page's script reads it: latitude, longitude, time."""
    return [(lat, lng, format_time(at)) for lat, lng, at in page.route]


def seen(page: TrackPage, look: Look) -> Seen:
    """What is put into words."""
    return Seen(
        order_id=page.order_id,
        status=page.status,
        timeline=page.timeline,
        name=page.driver.name if page.driver else "",
        vehicle=page.driver.vehicle if page.driver else None,
        eta=page.eta,
        window=page.window,
        late_after=look.preferences.current.thresholds.late_after,
        fix_at=page.position.at if page.position else None,
        address=page.destination.address if page.destination else None,
        note=page.note,
        business=look.business_name,
        has_map=any(
            spot is not None and spot.place is not None
            for spot in (page.position, page.destination, page.pickup)
        ),
    )


def _snapshot(page: TrackPage) -> Snapshot:
    """The page as the first message on the customer socket would be: one shape for the script."""
    return Snapshot(
        order_id=page.order_id,
        status=page.status,
        seq=page.seq,
        epoch=page.epoch,
        recovered=False,
        position=position(page.position) if page.position else None,
        eta=time_window(page.eta),
        driver=page.driver,
        destination=spotted(page.destination),
        timeline=[
            Step(status=status, seq=seq, at=format_time(at))
            for seq, (status, at) in enumerate(page.timeline, start=1)
        ],
    )
