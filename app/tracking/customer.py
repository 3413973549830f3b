"""What the customer does from his page, by the right of his link: a note, a question, a rating,
a wish to be told; and what the page shows beside the tracking itself.

Every refusal is that of the page: `app.tracking.follow.Follow.by_link` decides.
"""

from dataclasses import dataclass

from app.domain.errors import OnthewayError
from app.domain.order import OPEN
from app.domain.proof import customer_sees_code, customer_sees_proof
from app.domain.talk import may_rate
from app.tracking.blocks import token_key
from app.tracking.follow import Follow, Grant, TrackPage, refused
from app.tracking.monitor import Monitor, Now
from app.tracking.notices import NoticeDesk
from app.tracking.preferences import PreferenceDesk
from app.tracking.proofs import ProofDesk
from app.tracking.records import Message, Once, Order, ProofRecord, Rating
from app.tracking.talk import TalkDesk
from app.tracking.throttle import Buckets


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the customer's page shows beside the tracking, and what he may do now.

    ``code`` are the four digits for the driver, None where nobody asks for them; ``proof`` is
    empty until the order is delivered. ``notices`` is the key with which a browser can be told
    (see `Pusher`), None where that is not offered.
    """

    note: str | None
    messages: list[Message]
    code: str | None
    proof: list[ProofRecord]
    rating: Rating | None
    notices: str | None
    may_note: bool
    may_ask: bool
    may_rate: bool


class CustomerDesk:
    """The customer's side of an order. ``grant`` is what `admit` gave."""

    def __init__(
        self,
        follow: Follow,
        talk: TalkDesk,
        proofs: ProofDesk,
        notices: NoticeDesk,
        preferences: PreferenceDesk,
        now: Now,
        writes: Buckets,
        monitor: Monitor,
    ) -> None:
        self._follow = follow
        self._talk = talk
        self._proofs = proofs
        self._notices = notices
        self._preferences = preferences
        self._now = now
        self._writes = writes
        self._monitor = monitor

    async def admit(self, token: str, address: str | None) -> Grant:
        """The right of a link: ``not_authenticated`` for what never was one, always alike;
        ``revoked`` and ``expired`` for its bearer only; ``too_many`` while it is blocked."""
        grant = await self._follow.by_link(token, None, address)
        if grant.link is None:
            raise refused()
        self._monitor.blocks.require(token_key(grant.actor, grant.link.id))
        return grant

    async def page(self, token: str, address: str | None) -> TrackPage:
        """What the page shows of the tracking at first; raises as `admit`."""
        return await self._follow.page(await self.admit(token, address))

    async def beside(self, grant: Grant) -> Beside:
        """What the page shows beside the tracking."""
        order = await self._follow.order_of(grant)
        current, over = self._preferences.current, order.status not in OPEN
        messages = await self._talk.messages(order, for_customer=True)
        shows_proof = customer_sees_proof(order.status)
        rated_at = order.rating.at if order.rating else None
        return Beside(
            note=order.customer_note,
            messages=messages,
            code=self._proofs.code_of(order) if customer_sees_code(order.status) else None,
            proof=await self._proofs.of_order(order) if shows_proof else [],
            rating=order.rating,
            notices=None if over else self._notices.key,
            may_note=current.customer_notes and not over,
            may_ask=current.customer_messages,
            may_rate=may_rate(order.status, rated_at, self._now()),
        )

    async def set_note(self, grant: Grant, text: object) -> Order:
        """A note for the driver; ``forbidden`` where the business wants none, else as
        `TalkDesk.set_note`."""
        _require(self._preferences.current.customer_notes, "Notes for the driver")
        self._take_turn(grant)
        return await self._talk.set_note(grant.order_id, text, grant.actor)

    async def ask(self, grant: Grant, text: object, once: Once | None = None) -> Message:
        """A question to the business; ``forbidden`` where it wants none, else as
        `TalkDesk.ask`."""
        _require(self._preferences.current.customer_messages, "Messages to the business")
        self._take_turn(grant)
        return await self._talk.ask(grant.order_id, text, grant.actor, once)

    async def rate(self, grant: Grant, stars: object, note: object) -> Order:
        """A rating; as `TalkDesk.rate`."""
        self._take_turn(grant)
        return await self._talk.rate(grant.order_id, stars, note, grant.actor)

    async def tell(
        self, grant: Grant, endpoint: object, key: object, auth: object, locale: object
    ) -> str:
        """Tell a browser of the order, too; as `NoticeDesk.add`."""
        self._take_turn(grant)
        return await self._notices.add(grant, endpoint, key, auth, locale)

    async def is_told(self, grant: Grant, name: str) -> bool:
        """Whether the browser of this name is told."""
        return await self._notices.has(grant, name)

    async def tell_no_more(self, grant: Grant, name: str) -> None:
        """Tell it no more."""
        self._take_turn(grant)
        await self._notices.remove(grant, name)

    async def picture(self, grant: Grant, proof_id: str) -> tuple[bytes, str]:
        """A picture of proof and its media type; ``not_found`` also before the delivery."""
        order = await self._follow.order_of(grant)
        return await self._proofs.picture_for_customer(order, proof_id)

    def _take_turn(self, grant: Grant) -> None:
        """Raise ``too_many`` for a link that writes too much."""
        self._writes.require(grant.link.id if grant.link else grant.order_id)


def _require(wanted: bool, what: str) -> None:
    if not wanted:
        raise OnthewayError("forbidden", f"{what} are switched off.")
