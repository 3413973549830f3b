"""Proof of a delivery."""

from collections.abc import Callable
from typing import IO, Protocol

from app.domain.access import Actor
from app.tracking.records import (
    NewProof,
    ProofRecord,
    Proved,
)


class Proofs(Protocol):
    """What shows that orders arrived."""

    async def known(self, driver_num: int, order_id: str, name: str) -> ProofRecord | None:
        """The proof of this order that this driver gave under this name before.

        Raises ``conflict`` id where he gave it for another order.
        """

    def incoming(self) -> IO[bytes]:
        """An empty file for a picture on its way, on the store's own disk where it is large.

        To be closed by whoever asked for it, when `add` has come back.
        """

    async def add(
        self,
        order_id: str,
        new: NewProof,
        picture: IO[bytes] | None,
        actor: Actor,
        now: int,
        then: Callable[[Proved], None],
    ) -> Proved:
        """Keep proof of an order that is this driver's, its picture made anew.

        Comes back when it is done with ``picture``, also for one who did not wait for it.

        The same name again keeps nothing, and gives what was kept. Raises ``unknown_order`` for an
        order that is not his, ``illegal_step`` for one that takes no proof, ``conflict`` where
        there is too much of it, ``conflict`` id where another order has proof of this name,
        ``invalid_field`` file for what is no picture.
        """

    async def of_order(self, order_num: int) -> list[ProofRecord]:
        """All of an order, oldest first."""

    async def picture(self, proof: ProofRecord) -> bytes:
        """The picture of a proof; ``not_found`` when it has none, or none any more."""

    async def forget(self, end: int, most: int) -> int:
        """Delete the oldest pictures, stored before ``end``, at most so many; how many."""
