"""Proof of delivery: taken from drivers, shown to those who may see it."""

import hmac
from typing import IO, Final

from app.domain.access import Action, Actor
from app.domain.errors import OnthewayError, not_found
from app.domain.proof import (
    FRESH,
    LATEST,
    PICTURES,
    Proof,
    check_proof,
    customer_sees_proof,
    is_code,
    metres_from_door,
)
from app.domain.times import SECOND
from app.tracking.board import Board
from app.tracking.credentials import delivery_code, new_id
from app.tracking.hub import Hub
from app.tracking.monitor import Monitor, Now
from app.tracking.ports import Store
from app.tracking.records import NewProof, Order, ProofRecord, Proved
from app.tracking.throttle import Buckets, Gauges, too_many
from app.tracking.views import order_proof

ID_LENGTH: Final = 20
FIXES: Final = 1_000
"""Positions that are looked at for where the driver stood."""


class ProofDesk:
    """Photos, signatures and codes."""

    def __init__(
        self,
        store: Store,
        board: Board,
        hub: Hub,
        monitor: Monitor,
        now: Now,
        secret_key: bytes,
        *,
        rates: Buckets,
        wrong_codes: Gauges,
    ) -> None:
        self._store = store
        self._board = board
        self._hub = hub
        self._monitor = monitor
        self._now = now
        self._secret_key = secret_key
        self._rates = rates
        self._wrong_codes = wrong_codes

    def code_of(self, order: Order) -> str:
        """The four digits that its customer shows the driver."""
        return delivery_code(self._secret_key, order.id)

    def require_turn(self, actor: Actor) -> None:
        """Raise ``too_many`` for a driver who is over his rate; asked before anything is read."""
        self._rates.require(actor.num)

    def incoming(self) -> IO[bytes]:
        """An empty file for a picture on its way; to be closed after `add`."""
        return self._store.proofs.incoming()

    async def add(
        self,
        order_id: str,
        kind: Proof,
        actor: Actor,
        *,
        picture: IO[bytes] | None = None,
        code: str | None = None,
        name: str | None = None,
        at: int | None = None,
    ) -> ProofRecord:
        """Keep proof of an order of this driver's.

        A picture comes with a photo or a signature, ``code`` else. ``name`` is the driver's own:
        the same again keeps nothing, and gives what was kept. ``at`` is when it was taken; without
        it, or where that is not within the last day, now. Raises ``unknown_order``,
        ``illegal_step``, ``conflict``, ``conflict`` id for a name of another order's proof,
        ``invalid_field`` file or code, and ``too_many`` after many wrong codes.
        """
        driver_num = actor.num
        if driver_num is None:
            raise OnthewayError("forbidden", "Only drivers give proof.")
        if name is not None:
            before = await self._store.proofs.known(driver_num, order_id, name)
            if before is not None:
                return before
        now = self._now()
        order = await self._own_order(order_id, driver_num)
        check_proof(order.status, order.ended_at, now)
        taken = _taken_at(at, now)
        if kind in PICTURES:
            picture = _needed(picture)
        else:
            self._check_code(order, code)
            picture = None
        metres = await self._metres(order, driver_num, taken)
        new = NewProof(id=new_id(ID_LENGTH), kind=kind, at=taken, metres=metres, name=name)
        proved = await self._store.proofs.add(
            order_id, new, picture, actor, now, lambda proved: self._proved(proved, actor)
        )
        return proved.proof

    async def of_order(self, order: Order) -> list[ProofRecord]:
        """All proof of an order, oldest first."""
        return await self._store.proofs.of_order(order.num)

    async def picture(self, order_id: str, proof_id: str, actor: Actor) -> tuple[bytes, str]:
        """A picture and its media type, for staff; ``not_found``."""
        actor.require(Action.READ)
        return await self._picture(await self._store.orders.get(order_id), proof_id)

    async def picture_for_customer(self, order: Order, proof_id: str) -> tuple[bytes, str]:
        """As `picture`, for the customer, whose right to this order was looked at before."""
        if not customer_sees_proof(order.status):
            raise not_found("picture")
        return await self._picture(order, proof_id)

    async def _picture(self, order: Order, proof_id: str) -> tuple[bytes, str]:
        for proof in await self.of_order(order):
            if proof.id == proof_id and proof.media_type is not None:
                return await self._store.proofs.picture(proof), proof.media_type
        raise not_found("picture")

    async def _own_order(self, order_id: str, driver_num: int) -> Order:
        """One sentence for "missing" and "not yours", as everywhere for drivers."""
        refusal = OnthewayError("unknown_order", f"You have no order {order_id}.", field="orderId")
        try:
            order = await self._store.orders.get(order_id)
        except OnthewayError as error:
            raise refusal if error.code == "not_found" else error from None
        if order.driver_num != driver_num:
            raise refusal
        return order

    def _check_code(self, order: Order, code: str | None) -> None:
        """Four digits are soon guessed: after some wrong ones it takes longer and longer."""
        if code is None or not is_code(code):
            raise OnthewayError("invalid_field", "code must be four digits.", field="code")
        wait = self._wrong_codes.wait(order.num)
        if wait:
            raise too_many(wait)
        if not hmac.compare_digest(code, self.code_of(order)):
            self._wrong_codes.failed(order.num)
            raise OnthewayError(
                "invalid_field", "This is not the code of this order.", field="code"
            )

    async def _metres(self, order: Order, driver_num: int, at: int) -> float | None:
        """How far from the door his newest fix of that moment was."""
        door = order.details.destination
        if door is None or door.place is None:
            return None
        try:
            fixes, _ = await self._store.positions.of_driver(
                driver_num, at - FRESH, at + SECOND, None, FIXES
            )
        except OnthewayError:  # nothing can be read now: the proof itself matters more
            return None
        return metres_from_door(fixes, door.place)

    def _proved(self, proved: Proved, actor: Actor) -> None:
        """After the commit, though whoever sent it may be gone: who looks at the order sees it."""
        if proved.repeat:
            return
        order = proved.order
        self._monitor.note("order.proof", actor, order.id, {"proof": proved.proof.kind.value})
        told = order_proof(order.id, proved.proof)
        if customer_sees_proof(order.status):
            self._hub.publish(order.num, told)
        else:
            self._hub.publish_to_staff(order.num, told)
        self._board.tell(order.num)


def _needed(picture: IO[bytes] | None) -> IO[bytes]:
    if picture is None:
        raise OnthewayError("invalid_field", "There is no picture.", field="file")
    return picture


def _taken_at(at: int | None, now: int) -> int:
    """When it was taken: a phone's wrong clock is no reason to lose its proof."""
    return at if at is not None and now - LATEST <= at <= now else now
