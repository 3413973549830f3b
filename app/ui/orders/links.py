"""The customer's links of one order: until when each is valid; copy, show as a code, open, send,
make another, renew or end one."""

from nicegui import ui

from app.domain.access import Action
from app.protocol.link_messages import mailto_href, sms_href
from app.tracking.orders import link_end
from app.tracking.records import Customer, Link, Order
from app.ui.kit.dialogs import ask, show_code
from app.ui.kit.parts import button, clock, copy_button, icon_for_eye, title_of
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.orders.new_link import GRACE, LinkForm


class LinksPart:
    """The part of an order's card about its links."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._may = visit.may(Action.DISPATCH)
        self._shown: object = None
        self._list = ui.element("div").classes("links")

    def show(self, order: Order, links: list[Link]) -> None:
        """Show the links as they are now, the valid ones first; rebuilt only when one changed."""
        states = [(link, *self._state(link, order)) for link in links]
        if (states, order.details.customer) == self._shown:
            return
        self._shown = states, order.details.customer
        self._list.clear()
        with self._list:
            for link, valid, state in states:
                if valid:
                    self._valid(order, link, state)
            for link, valid, state in states:
                if not valid:
                    self._ended(link, state)
            if not links:
                words("p", "There is no link.").classes("muted")
            if self._may:
                button("New link", self._visit.act(lambda: self._add(order)), "btn-small", "add")

    def _state(self, link: Link, order: Order) -> tuple[bool, str]:
        """Whether it is valid, and until when it is, or why it is not any more."""
        now, zone = self._visit.services.now(), self._visit.zone
        if link.revoked_at is not None:
            return False, f"Revoked {clock(link.revoked_at, zone, now)}"
        end = link_end(link, order)
        if end is None:
            return True, f"Valid until {GRACE}"
        word = "Expired" if end <= now else "Valid until"
        return end > now, f"{word} {clock(end, zone, now)}"

    def _valid(self, order: Order, link: Link, state: str) -> None:
        services = self._visit.services
        url = f"{services.look.public_url}/track/{services.orders.token_of(link)}"
        with ui.element("div").classes("link-valid").props("role=group aria-label=Link"):
            self._line("link", state, link)
            with ui.element("div").classes("link-send"):
                copy_button(url)
                button("QR code", self._visit.act(lambda: self._code(order, url)), "btn-small")
                opener = _anchor("Open", "", url)
                opener.props("target=_blank rel=noopener")
            self._sending(order, url)
            if self._may:
                with ui.element("div").classes("link-send"):
                    renew = self._visit.act(lambda: self._add(order, link))
                    button("Renew", renew, "btn-small")
                    revoke = self._visit.act(lambda: self._revoke(order, link))
                    button("Revoke", revoke, "btn-small btn-danger")

    def _ended(self, link: Link, state: str) -> None:
        with ui.element("div").classes("link-ended"):
            self._line("link_off", state, link)

    def _line(self, icon: str, state: str, link: Link) -> None:
        made = clock(link.created_at, self._visit.zone, self._visit.services.now())
        with ui.element("p").classes("link-what"):
            icon_for_eye(icon)
            words("span", state).classes("link-state")
            words("span", f"made {made}").classes("muted small")

    def _sending(self, order: Order, url: str) -> None:
        """Ways to the customer: his phone, his mail, whatever this device can share with."""
        business = self._visit.services.look.business_name
        customer = order.details.customer or Customer()
        title = f"Your order from {business}"
        text = f"Follow your order from {business} here: {url}"
        with ui.element("div").classes("link-send link-ways"):
            _anchor("Text message", "sms", sms_href(customer.phone, text))
            _anchor("Email", "mail", mailto_href(customer.email, title, text))
            share = button("Share", None, "btn-small", "share")
            share.props["data-share"] = url
            share.props["data-share-title"] = title

    def _code(self, order: Order, url: str) -> None:
        show_code(
            self._visit,
            f"Link of {title_of(order)}",
            "Whoever scans this follows the order.",
            url,
        )

    def _add(self, order: Order, old: Link | None = None) -> None:
        LinkForm(self._visit, order, lambda: self._again(order), old)

    async def _again(self, order: Order) -> None:
        self.show(order, await self._visit.services.orders.links(order))

    def _revoke(self, order: Order, link: Link) -> None:
        async def deed() -> None:
            await self._visit.services.orders.revoke_link(order.id, link.id, self._visit.actor)
            await self._again(order)
            self._visit.say("The link has ended.")

        ask(
            self._visit,
            f"Revoke the link of {title_of(order)}?",
            "Whoever has it open sees at once that it has ended. It cannot be brought back.",
            "Revoke link",
            deed,
        )


def _anchor(word: str, icon: str, href: str) -> ui.element:
    with ui.element("a").classes("btn btn-small") as anchor:
        if icon:
            icon_for_eye(icon)
        words("span", word)
    anchor.props["href"] = href
    return anchor
