"""The parts of what people enter about an order: each is changed on its own, and merged whole.

A place is one part: an address with the pin of another one would lead to no door. So is a promise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from app.domain.errors import OnthewayError
from app.domain.merge import merge
from app.tracking.records import Customer, OrderDetails, Spotted

CUSTOMER: Final = ("name", "phone", "email")
PARTS: Final = (*CUSTOMER, "destination", "pickup", "window", "note")
CUSTOMERLESS: Final[dict[str, Any]] = {"customer": None, "destination": None, "note": None}
"""What an old order forgets, by the fields of `OrderDetails`."""


def parts_of(details: OrderDetails) -> dict[str, Any]:
    """Every part by its name, None for nothing."""
    customer = details.customer or Customer()
    return {
        **{name: getattr(customer, name) for name in CUSTOMER},
        "destination": _spot(details.destination),
        "pickup": _spot(details.pickup),
        "window": details.window,
        "note": details.note,
    }


def details_of(parts: Mapping[str, Any]) -> OrderDetails:
    """What these parts make; the way back from `parts_of`."""
    customer = Customer(**{name: parts[name] for name in CUSTOMER})
    return OrderDetails(
        customer=None if customer == Customer() else customer,
        destination=parts["destination"],
        pickup=parts["pickup"],
        window=parts["window"],
        note=parts["note"],
    )


def fields_of(parts: Iterable[str]) -> set[str]:
    """The fields of `OrderDetails` that hold these parts."""
    return {"customer" if part in CUSTOMER else part for part in parts}


def changed_parts(before: OrderDetails, after: OrderDetails) -> frozenset[str]:
    """Which parts are others."""
    then, now = parts_of(before), parts_of(after)
    return frozenset(part for part in PARTS if then[part] != now[part])


def merged_changes(
    seen: OrderDetails, changes: Mapping[str, Any], there: OrderDetails
) -> dict[str, Any]:
    """What to set where ``seen`` was changed by fields of `OrderDetails`, and is ``there`` by now.

    Raises ``conflict`` where both changed the same part.
    """
    both = merge(parts_of(seen), parts_of(replace(seen, **changes)), parts_of(there))
    if both.clashes:
        raise OnthewayError("conflict", "Somebody changed the same part of this order meanwhile.")
    details = details_of(both.values)
    return {name: getattr(details, name) for name in changes}


def _spot(spotted: Spotted | None) -> Spotted | None:
    return None if spotted == Spotted() else spotted
