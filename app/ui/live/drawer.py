"""The drawer of the live page: at most one card, of an order or of a driver.

What is open stands in the attributes data-order and data-driver of the page's root, where
static/live/live.js reads it for the map and for the address of the page.
"""

from collections.abc import Callable
from typing import Final

from nicegui import ui

from app.domain.errors import OnthewayError, not_found
from app.domain.order import is_order_id
from app.ui.drivers.card import DriverCard
from app.ui.kit.visit import Visit
from app.ui.orders.card import OrderCard
from app.ui.orders.talk import Drafts

LONGEST_ID: Final = 64


class Drawer:
    """What is open; ``opened`` is told the id of the order, or None.

    A message that was begun is kept for its order, until it is sent or the page is left.
    """

    def __init__(
        self, visit: Visit, root: ui.element, opened: Callable[[str | None], object]
    ) -> None:
        self._visit = visit
        self._root = root
        self._opened = opened
        self._card: OrderCard | DriverCard | None = None
        self._drafts: Drafts = {}
        self._element = ui.element("aside").classes("drawer")
        self._element.props('aria-label="Details" tabindex=-1')  # a key may bring the focus here
        self._element.set_visibility(False)

    async def refresh(self) -> None:
        """Show the open card as things are now."""
        if self._card is not None:
            await self._card.refresh()

    async def open(self, order_id: str, driver_id: str) -> None:
        """Open the card of an order or of a driver, or none; ``not_found``, and nothing is open."""
        try:
            if order_id:
                await self.open_order(order_id)
            elif driver_id:
                await self.open_driver(driver_id)
            else:
                self.close()
        except OnthewayError:
            self.close()
            raise

    async def open_order(self, order_id: str) -> None:
        """Open the card of an order; ``not_found``."""
        if not is_order_id(order_id):
            raise not_found("order")
        live = await self._visit.services.board.order(order_id)
        self._element.clear()
        with self._element:
            card = OrderCard(
                self._visit, live, self.close, self.open_driver, self.open_order, self._drafts
            )
        await self._show(card, order_id, None)

    async def open_driver(self, driver_id: str) -> None:
        """Open the card of a driver; ``not_found``."""
        known = len(driver_id) <= LONGEST_ID
        if not known or self._visit.services.board.driver_by_id(driver_id) is None:
            raise not_found("driver")
        self._element.clear()
        with self._element:
            card = DriverCard(self._visit, driver_id, self.close, self.open_order)
        await self._show(card, None, driver_id)

    def close(self) -> None:
        """Open nothing."""
        self._card = None
        self._element.set_visibility(False)
        self._element.clear()
        self._say(None, None)

    async def _show(
        self, card: OrderCard | DriverCard, order_id: str | None, driver_id: str | None
    ) -> None:
        self._card = card
        await card.refresh()
        if self._card is not card:
            return  # another was chosen meanwhile
        self._element.set_visibility(True)
        self._say(order_id, driver_id)

    def _say(self, order_id: str | None, driver_id: str | None) -> None:
        self._root.props["data-order"] = order_id or ""
        self._root.props["data-driver"] = driver_id or ""
        self._opened(order_id)
