"""A place in the maps of the reader's own device: a link that loads nothing by itself. Pure."""

from urllib.parse import quote

from app.tracking.records import Spotted


def maps_link(spot: Spotted, agent: str) -> str | None:
    """The link for the browser that calls itself ``agent``; None without place and address."""
    place, address = spot.place, quote(spot.address or "", safe="")
    where = f"{place.lat:.6f},{place.lng:.6f}" if place else ""
    if not where and not address:
        return None
    if "Android" in agent:
        # RFC 5870; "q" is what Android's maps put a pin at.
        if not where:
            return f"geo:0,0?q={address}"
        return f"geo:{where}?q={where}" + (f"({address})" if address else "")
    if any(name in agent for name in ("iPhone", "iPad", "Macintosh")):
        if not where:
            return f"https://maps.apple.com/?q={address}"
        return f"https://maps.apple.com/?ll={where}&q={address or where}"
    if place is None:
        return f"https://www.openstreetmap.org/search?query={address}"
    lat, lng = where.split(",")
    return f"https://www.openstreetmap.org/?mlat={lat}&mlon={lng}#map=17/{lat}/{lng}"
