"""Proof of the delivery and the customer's rating, on the card of an order."""

from typing import Final

from nicegui import ui

from app.domain.proof import Proof
from app.tracking.driver_names import DriverNames
from app.tracking.records import Order, ProofRecord
from app.ui.kit.parts import clock, icon_for_eye
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

NAMES: Final = {Proof.PHOTO: "Photo", Proof.SIGNATURE: "Signature", Proof.CODE: "Code matched"}
ICONS: Final = {Proof.PHOTO: "photo_camera", Proof.SIGNATURE: "draw", Proof.CODE: "pin"}
STARS: Final = 5


class ProofPart:
    """The part of an order's card about its proof; away while there is none."""

    def __init__(
        self, visit: Visit, order_id: str, section: ui.element, names: DriverNames
    ) -> None:
        self._visit = visit
        self._names = names
        self._order_id = order_id
        self._section = section
        self._shown: list[ProofRecord] = []
        self._list = ui.element("ul").classes("proofs")
        with ui.element("div").classes("rating") as self._rating:
            self._stars = words("span", "").classes("rating-stars").props("role=img")
            self._rated = words("span", "").classes("muted small")
            self._said = words("p", "").classes("talk-text")
        self.show_rating(None)
        section.set_visibility(False)

    def show_rating(self, order: Order | None) -> None:
        """Show how the customer rated the delivery."""
        rating = order.rating if order is not None else None
        self._rating.set_visibility(rating is not None)
        if rating is not None:
            self._stars.set_text("★" * rating.stars + "☆" * (STARS - rating.stars))
            self._stars.props["aria-label"] = f"{rating.stars} of {STARS} stars"
            at = clock(rating.at, self._visit.zone, self._visit.services.now())
            self._rated.set_text(f"by the customer, {at}")
            self._said.set_text(rating.note or "")
        self._section.set_visibility(bool(self._shown) or rating is not None)

    def show(self, proof: list[ProofRecord]) -> None:
        """Show these."""
        self._list.set_visibility(bool(proof))
        if proof == self._shown:
            return
        self._shown = proof
        self._list.clear()
        with self._list:
            for one in proof:
                self._add(one)

    def _add(self, proof: ProofRecord) -> None:
        with ui.element("li").classes("proof"):
            self._picture(proof)
            with ui.element("div").classes("proof-about"):
                words("strong", NAMES[proof.kind])
                at = clock(proof.at, self._visit.zone, self._visit.services.now())
                words("span", f"{self._names.of(proof.driver_id)}, {at}")
                if proof.metres is not None:
                    words("span", f"{metres_words(proof.metres)} from the door")
                if proof.media_type is None and proof.kind is not Proof.CODE:
                    words("span", "Too old: the picture was deleted.")

    def _picture(self, proof: ProofRecord) -> None:
        if proof.media_type is None:
            with ui.element("div").classes("proof-picture"):
                icon_for_eye(ICONS[proof.kind])
            return
        url = f"/api/v1/orders/{self._order_id}/proof/{proof.id}"
        with ui.element("a").classes("proof-picture").props("target=_blank rel=noopener") as link:
            image = ui.element("img").props("loading=lazy")
        if proof.kind is Proof.SIGNATURE:
            link.classes("is-signature")
        link.props["href"] = image.props["src"] = url
        image.props["alt"] = f"{NAMES[proof.kind]}, opens large in a new tab"


def metres_words(metres: float) -> str:
    """A short way as people say it: "12 m", "1.4 km"."""
    return f"{metres:.0f} m" if metres < 1_000 else f"{metres / 1_000:.1f} km"
