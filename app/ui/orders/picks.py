"""The orders that are picked, as they were seen then; still picked when one comes back in this tab.

What a deed on many changes is what the person saw: who picks an order has seen it as its row was,
who has its card open sees it as it is there, and so has who was told of a change.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from nicegui import app

from app.domain.order import FINAL
from app.tracking.records import Order
from app.ui.kit.batch import counted
from app.ui.kit.order_links import numbers_words
from app.ui.kit.selection import Selection
from app.ui.kit.visit import Visit

KEPT: Final = "picked orders"
"""In the tab's storage: the login that picked, and what it picked."""
NAMED: Final = 5
"""Orders that a sentence names."""

Seen = Mapping[int, int]
"""Number of an order -> when it was last changed, as it was seen (microseconds)."""


class Picks:
    """What is picked of ``selection``, kept for the tab and the login."""

    def __init__(self, visit: Visit, selection: Selection[Order]) -> None:
        self._visit = visit
        self._selection = selection
        self._seen: dict[int, int] = {}
        self._is_back = False
        come_back = visit.act(self._come_back)
        visit.client.on_connect(lambda: come_back())

    def seen_at(self, order: Order) -> int:
        """When an order was last changed before it was seen."""
        return self._seen.get(order.num, order.updated_at)

    def follow(self) -> None:
        """Something was picked, or is no more."""
        picked = self._selection.items
        self._seen = {order.num: self.seen_at(order) for order in picked}
        if self._is_back:
            _keep(self._visit, self._seen)

    async def now(self) -> list[Order]:
        """What is picked, as it stands now."""
        nums = [order.num for order in self._selection.items]
        return await self._visit.services.store.orders.these(nums)

    async def see(self, orders: Sequence[Order]) -> None:
        """The person was told that these are others meanwhile: he may still want what he wanted."""
        found = await self._visit.services.store.orders.these([order.num for order in orders])
        self._seen.update((order.num, order.updated_at) for order in found)
        self._selection.renew(found)

    async def _come_back(self) -> None:
        """The tab is there, with what was picked in it before; what ended since is left out."""
        if self._is_back:
            return
        self._is_back = True
        kept = _kept(self._visit)
        found = await self._visit.services.store.orders.these(list(kept))
        ended = [o for o in found if o.status in FINAL and o.updated_at != kept[o.num]]
        picked = [order for order in found if order not in ended]
        self._seen = {order.num: kept[order.num] for order in picked} | self._seen
        self._selection.replace([*picked, *self._selection.items])
        if ended:
            what = counted(len(ended), "selected order", "selected orders")
            more = "ended meanwhile and is" if len(ended) == 1 else "ended meanwhile and are"
            self._visit.say(f"{what} {more} selected no more: {names_of(ended)}.", bad=True)


def see(visit: Visit, order: Order) -> None:
    """This person has an order before him, whole: if it is picked in this tab, it is as it is."""
    kept = _kept(visit)
    if kept.get(order.num, order.updated_at) != order.updated_at:
        _keep(visit, {**kept, order.num: order.updated_at})


def names_of(orders: Sequence[Order]) -> str:
    """The first of them by number."""
    return numbers_words([order.id for order in orders[:NAMED]], len(orders) - NAMED)


def _kept(visit: Visit) -> Seen:
    """What this login picked in this tab."""
    if not visit.client.has_socket_connection:
        return {}
    with visit.client:
        login, seen = app.storage.tab.get(KEPT, (None, ()))
    return dict(seen) if login == visit.person.login.num else {}


def _keep(visit: Visit, seen: Seen) -> None:
    """Nothing within is changed later: a tab that is doubled goes on with what this one had."""
    if visit.client.has_socket_connection:
        with visit.client:
            app.storage.tab[KEPT] = (visit.person.login.num, tuple(seen.items()))
