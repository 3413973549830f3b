"""An order is given to a driver, or to nobody: at once, or after a question where there is one."""

from typing import Final

from app.domain.errors import OnthewayError
from app.domain.times import HOUR, MINUTE
from app.tracking.board import LiveOrder, Touch
from app.tracking.orders import DRIVER
from app.tracking.records import Order
from app.ui.kit.batch import counted
from app.ui.kit.dialogs import Form
from app.ui.kit.parts import WORDS, title_of
from app.ui.kit.visit import Visit
from app.ui.kit.words import Words, contained, words
from app.ui.orders.others import LEFT, RIGHT, when_words, who_words

NOBODY: Final = "nobody"


class Handover:
    """One order, as somebody had it before him, and the driver he chose ("" for nobody)."""

    def __init__(self, visit: Visit, order: Order, driver_id: str) -> None:
        self._visit = visit
        self._seen = order
        self._driver_id = driver_id
        self._name = name_of(visit, driver_id)
        self._more: Words | None = None

    async def begin(self) -> bool:
        """Give it, or ask first; whether it is given now."""
        if off_duty(self._visit, self._driver_id) and self._driver_id != self._seen.driver_id:
            self._ask(f"{self._name} is off duty. Give it to {self._name} all the same?")
            return False
        try:
            await self._give()
        except OnthewayError as error:
            if error.code != "conflict":
                raise
            self._ask(await self._what_happened())
            return False
        return True

    def _ask(self, question: str) -> None:
        title = f"Assign {title_of(self._seen)}"
        form = Form(self._visit, title, "Assign", self._give_now, small=True, back="Leave it")
        with form.body:
            self._more = words("p", question)

    async def _give_now(self) -> None:
        """The answer was yes; another change meanwhile is told, and asked about again."""
        try:
            await self._give()
        except OnthewayError as error:
            if error.code == "conflict" and self._more is not None:
                self._more.set_text(await self._what_happened())
                raise OnthewayError("conflict", "It changed again meanwhile.") from None
            raise

    async def _give(self) -> None:
        """``conflict`` where the order has another driver or status than was seen."""
        visit, order_id, to = self._visit, self._seen.id, self._driver_id or None
        orders = visit.services.orders
        before = (await visit.services.board.order(order_id)).order.driver_id
        given: Order | None = None
        while given is None:
            seen_at = self._seen.updated_at
            try:
                given = await orders.assign(order_id, to, visit.actor, seen_at=seen_at)
            except OnthewayError as error:
                if error.code != "conflict" or not await self._only_edited():
                    raise
        self._tell(given, before)

    def _tell(self, given: Order, before: str | None) -> None:
        """Say whose it is now; as long as that is read it can be taken back, unless it was his
        ``before``, whoever gave it to him."""
        visit = self._visit

        async def undo() -> None:
            again = await visit.services.orders.assign(
                given.id, before, visit.actor, seen_at=given.updated_at
            )
            visit.say(f"Undone: {given_words(visit, again)}")

        visit.say(given_words(visit, given), undo=undo if given.driver_id != before else None)

    async def _only_edited(self) -> bool:
        """Whether what changed since it was seen has nothing to do with who brings it."""
        now, seen = (await self._visit.services.board.order(self._seen.id)).order, self._seen
        if now.updated_at == seen.updated_at:
            return False
        if (now.driver_num, now.seq) != (seen.driver_num, seen.seq):
            return False
        self._seen = now
        return True

    async def _what_happened(self) -> str:
        """What became of it since it was seen, and the question that is left."""
        live = await self._visit.services.board.order(self._seen.id)
        seen, self._seen = self._seen, live.order
        moved = live.order.driver_num != seen.driver_num
        news = self._moved(live, seen) if moved else self._stepped(live)
        return f"{news} {self._question()}"

    def _moved(self, live: LiveOrder, seen: Order) -> str:
        who, by = live.touched.get(DRIVER), live.order.driver_id
        if by is None:
            did = f"took it from {name_of(self._visit, seen.driver_id or '')}"
        else:
            did = f"gave it to {name_of(self._visit, by)}"
        return f"{who_words(who, self._visit)} {did}{self._ago(who)}."

    def _stepped(self, live: LiveOrder) -> str:
        word = WORDS[live.order.status].lower()
        return f"It is {word} by now."

    def _question(self) -> str:
        return f"Give it to {self._name}?" if self._driver_id else "Take it away?"

    def _ago(self, who: Touch | None) -> str:
        if who is None:
            return ""
        past = self._visit.services.now() - who.at
        return f" {ago_words(past)}" if past < HOUR else when_words(who, self._visit)


class OffDuty:
    """In a form in which a driver is chosen: who is off duty is asked about once."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._asked = ""

    def words(self, driver_id: str) -> str:
        """What to say where this driver is chosen, "" for nothing."""
        if not off_duty(self._visit, driver_id):
            return ""
        return f"{name_of(self._visit, driver_id)} is off duty."

    def ask_once(self, driver_id: str, action: str) -> None:
        """Raise ``off_duty`` for one who is, the first time; ``action`` is on the form's button."""
        said = self.words(driver_id)
        if said and self._asked != driver_id:
            self._asked = driver_id
            again = f"Press {LEFT}{action}{RIGHT} again to go on all the same."
            raise OnthewayError("off_duty", f"{said} {again}")


def ago_words(micros: int) -> str:
    """A short while ago, as people say it: "a moment ago", "5 minutes ago"."""
    minutes = micros // MINUTE
    if minutes < 1:
        return "a moment ago"
    return f"{counted(minutes, 'minute', 'minutes')} ago"


def given_words(visit: Visit, order: Order) -> str:
    """Whose an order is now, as a sentence."""
    driver_id = order.driver_id or ""
    whose = f"goes to {name_of(visit, driver_id)}" if driver_id else "has no driver now"
    return f"#{order.id} {whose}."


def name_of(visit: Visit, driver_id: str) -> str:
    """What a driver is called in a sentence; "nobody" for none."""
    if not driver_id:
        return NOBODY
    live = visit.services.board.driver_by_id(driver_id)
    return contained(live.driver.name) if live else "a driver who was deactivated"


def off_duty(visit: Visit, driver_id: str) -> bool:
    """Whether this driver is known to be off duty."""
    live = visit.services.board.driver_by_id(driver_id) if driver_id else None
    return live is not None and not live.driver.on_duty
