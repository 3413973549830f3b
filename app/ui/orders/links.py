"""The customer's links of one order: copy, open, send, make another, end one."""

from nicegui import ui

from app.domain.access import Action
from app.protocol.link_messages import mailto_href, sms_href
from app.tracking.orders import link_end
from app.tracking.records import Customer, Link, Order
from app.ui.kit.dialogs import ask
from app.ui.kit.parts import button, clock, copy_button, icon_for_eye, title_of
from app.ui.kit.visit import Visit
from app.ui.kit.words import words


class LinksPart:
    """The part of an order's card about its links."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._shown: object = None
        self._list = ui.element("div").classes("links")

    def show(self, order: Order, links: list[Link]) -> None:
        """Show the links as they are now; rebuilt only when one changed."""
        states = [(link.id, self._state(link, order)) for link in links]
        if (states, order.details.customer) == self._shown:
            return
        self._shown = states, order.details.customer
        self._list.clear()
        with self._list:
            for link, (_, state) in zip(links, states, strict=True):
                self._row(order, link, state)
            if not links:
                words("p", "There is no link.").classes("muted")
            if self._visit.may(Action.DISPATCH):
                button("New link", self._visit.act(lambda: self._add(order)), "btn-small", "add")

    def _row(self, order: Order, link: Link, state: str) -> None:
        services = self._visit.services
        with ui.element("div").classes("link-row"):
            made = clock(link.created_at, self._visit.zone, services.now())
            with ui.element("span").classes("link-what"):
                icon_for_eye("link" if not state else "link_off")
                words("span", state or f"Made {made}").classes("ellipsis")
            if state:
                return
            url = f"{services.look.public_url}/track/{services.orders.token_of(link)}"
            copy_button(url)
            opener = ui.element("a").classes("btn btn-small").props("target=_blank rel=noopener")
            opener.props["href"] = url
            with opener:
                words("span", "Open")
            if self._visit.may(Action.DISPATCH):
                revoke = self._visit.act(lambda: self._revoke(order, link))
                button("Revoke", revoke, "btn-small btn-danger")
        self._sending(order, url)

    def _sending(self, order: Order, url: str) -> None:
        """Ways to the customer: his phone, his mail, whatever this device can share with."""
        business = self._visit.services.look.business_name
        customer = order.details.customer or Customer()
        title = f"Your order from {business}"
        text = f"Follow your order from {business} here: {url}"
        with ui.element("div").classes("link-send"):
            _sender("Text message", "sms", sms_href(customer.phone, text))
            _sender("Email", "mail", mailto_href(customer.email, title, text))
            share = button("Share", None, "btn-small", "share")
            share.props["data-share"] = url
            share.props["data-share-title"] = title

    def _state(self, link: Link, order: Order) -> str:
        """Why it does not work any more, or nothing."""
        services = self._visit.services
        now, zone = services.now(), self._visit.zone
        if link.revoked_at is not None:
            return f"Revoked {clock(link.revoked_at, zone, now)}"
        end = link_end(link, order)
        if end is not None and end <= now:
            return f"Expired {clock(end, zone, now)}"
        return ""

    async def _add(self, order: Order) -> None:
        services = self._visit.services
        await services.orders.add_link(order.id, None, self._visit.actor)
        self.show(order, await services.orders.links(order))
        self._visit.say("There is a new link.")

    def _revoke(self, order: Order, link: Link) -> None:
        services = self._visit.services

        async def deed() -> None:
            await services.orders.revoke_link(order.id, link.id, self._visit.actor)
            self.show(order, await services.orders.links(order))
            self._visit.say("The link has ended.")

        ask(
            self._visit,
            f"Revoke the link of {title_of(order)}?",
            "Whoever has it open sees at once that it has ended. It cannot be brought back.",
            "Revoke link",
            deed,
        )


def _sender(word: str, icon: str, href: str) -> None:
    with ui.element("a").classes("btn btn-small") as sender:
        icon_for_eye(icon)
        words("span", word)
    sender.props["href"] = href
