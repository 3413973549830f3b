"""Proof of a delivery."""

from dataclasses import dataclass

from app.domain.proof import Proof
from app.tracking.records.orders import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRecord:
    """What shows that an order arrived, and how far from its door the driver was.

    ``at`` is when it was taken, ``metres`` None where that is not known. ``file`` is the name of
    its picture in the store, and ``media_type`` what that is; None without one.
    """

    id: str
    kind: Proof
    at: int
    driver_id: str
    metres: float | None
    file: str | None
    media_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProof:
    """Proof to be stored. ``name`` is the driver's own name for it, so that a repeat is known."""

    id: str
    kind: Proof
    at: int
    metres: float | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """Proof that is stored, or was before (``repeat``), and its order."""

    proof: ProofRecord
    order: Order
    repeat: bool
