"""What the customer's page would say of an event now, for whom it tells while it is closed."""

from app.domain.notice import Event
from app.domain.times import to_datetime
from app.tracking.follow import TrackPage
from app.tracking.monitor import Now
from app.tracking.notices import Say
from app.tracking.records import Notice
from app.tracking.services import Look
from app.ui.track.known import seen
from app.ui.track.language import choose
from app.ui.track.times import Times
from app.ui.track.view import view


def sayer(look: Look, now: Now) -> Say:
    """The words of this installation's page; times in the business's zone."""

    def say(page: TrackPage, locale: str, event: Event) -> Notice | None:
        speech, moment = choose(locale, None), now()
        today = to_datetime(moment).astimezone(look.timezone).date()
        times = Times(speech.locale, look.timezone, today)
        shown = view(seen(page, look), speech, times, moment)
        sentence = "".join(piece for _, piece in shown["sentence"])
        text = shown["late"] if event is Event.LATE else sentence
        if text is None:
            return None
        return Notice(look.business_name, text, speech.tag, speech.direction)

    return say
