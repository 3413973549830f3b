"""What customers, staff and drivers tell each other about an order, told on at once.

Which texts there are, and who may write when, says `app.domain.talk`. Of customers this knows only
that they may: `app.tracking.customer` asks for their links.
"""

from app.domain.access import Action, Actor
from app.domain.errors import OnthewayError
from app.domain.order import OPEN
from app.domain.talk import LONGEST_NOTE, LONGEST_TEXT, STARS, Kind, plain_text, written
from app.protocol.messages import OrderAssigned
from app.tracking.board import Board
from app.tracking.credentials import new_id
from app.tracking.hub import Hub
from app.tracking.monitor import Monitor, Now
from app.tracking.ports import Talk
from app.tracking.records import Message, Once, Order, OrderChange, Said
from app.tracking.views import customer_note, order_brief, order_message


class TalkDesk:
    """The conversation about each order, the customer's note and his rating."""

    def __init__(self, talk: Talk, board: Board, hub: Hub, monitor: Monitor, now: Now) -> None:
        self._talk = talk
        self._board = board
        self._hub = hub
        self._monitor = monitor
        self._now = now

    async def messages(self, order: Order, *, for_customer: bool = False) -> list[Message]:
        """All about an order, oldest first; or those that its customer reads."""
        return await self._talk.messages(order.num, for_customer=for_customer)

    # the staff

    async def answer(
        self, order_id: str, text: object, actor: Actor, once: Once | None = None
    ) -> Message:
        """Tell the customer; ``not_found``, ``invalid_field`` text, ``conflict``."""
        actor.require(Action.DISPATCH)
        return await self._say(order_id, Kind.ANSWER, text, actor, once)

    async def tell_driver(
        self, order_id: str, text: object, actor: Actor, once: Once | None = None
    ) -> Message:
        """Tell the driver; as `answer`, and ``illegal_step`` where there is none."""
        actor.require(Action.DISPATCH)
        return await self._say(order_id, Kind.WORD, text, actor, once)

    async def settle(self, order_id: str, actor: Actor) -> None:
        """The customer's question needs no answer; ``not_found``."""
        actor.require(Action.DISPATCH)
        await self._talk.settle(order_id, self._changed)
        self._monitor.note("order.settled", actor, order_id)

    # the customer, whose right was looked at before

    async def set_note(self, order_id: str, text: object, actor: Actor) -> Order:
        """His note for the driver, in place of the one before, empty for none.

        Raises ``invalid_field`` text, ``illegal_step`` once the order is over.
        """
        note = plain_text(text, "text", LONGEST_NOTE) or None
        change = await self._talk.set_note(order_id, note, self._now(), self._note_changed)
        self._monitor.note("order.note", actor, order_id)
        return change.order

    async def ask(
        self, order_id: str, text: object, actor: Actor, once: Once | None = None
    ) -> Message:
        """His question or problem; ``invalid_field`` text, ``conflict``."""
        return await self._say(order_id, Kind.QUESTION, text, actor, once)

    async def rate(self, order_id: str, stars: object, note: object, actor: Actor) -> Order:
        """His rating, or another within a day; ``invalid_field``, ``illegal_step``."""
        if not isinstance(stars, int) or isinstance(stars, bool) or stars not in STARS:
            raise OnthewayError(
                "invalid_field", "stars must be an integer from 1 to 5.", field="stars"
            )
        text = None if note is None else plain_text(note, "note", LONGEST_TEXT) or None
        change = await self._talk.rate(order_id, stars, text, self._now(), self._changed)
        self._monitor.note("order.rated", actor, order_id, {"stars": stars})
        return change.order

    # after each commit, in order

    async def _say(
        self, order_id: str, kind: Kind, text: object, actor: Actor, once: Once | None
    ) -> Message:
        text = written(text, "text", LONGEST_TEXT)
        said = await self._talk.add(
            order_id, new_id(), kind, text, actor, self._now(), once=once, then=self._said
        )
        self._monitor.note("order.message", actor, order_id, {"message": kind.value})
        return said.message

    def _said(self, said: Said) -> None:
        order = said.change.order
        told = order_message(order.id, said.message)
        if said.message.kind is Kind.WORD:
            self._hub.publish_to_staff(order.num, told)
            self._tell_driver(order)
        else:
            self._hub.publish(order.num, told)
        self._changed(said.change)

    def _note_changed(self, change: OrderChange) -> None:
        order = change.order
        self._hub.publish(order.num, customer_note(order, self._now()))
        self._tell_driver(order)
        self._changed(change)

    def _changed(self, change: OrderChange) -> None:
        self._board.apply_order(change)
        self._board.tell(change.order.num)

    def _tell_driver(self, order: Order) -> None:
        if order.driver_num is not None and order.status in OPEN:
            self._hub.to_driver(order.driver_num, OrderAssigned(order=order_brief(order)))
