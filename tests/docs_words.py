"""What fields mean, in plain words, and examples of what may be sent: for the generated pages."""

from typing import Final

MEANINGS: Final[dict[str, str]] = {
    "accuracy": "metres around the position; null is unknown",
    "address": "as people write it",
    "altitude": "metres above the sea",
    "afterMs": "milliseconds to wait before sending again",
    "at": "when it happened",
    "battery": "of the phone, 0 to 1",
    "code": "see [errors](#errors)",
    "count": "how many messages, those without an id too",
    "customer": "the name of who gets the order",
    "customerNote": "from the customer to the driver, or null",
    "destination": "where it goes",
    "driver": "the courier, or null",
    "driverId": "the driver",
    "drivers": "those that changed",
    "epoch": "the history that `seq` counts in",
    "eta": "arrival between two times, or null",
    "field": "the field that is wrong",
    "from": "the earlier end",
    "gone": "the order left the map: finished, or no longer open",
    "heading": "degrees clockwise from north, 0 to below 360; null is unknown",
    "id": "the driver",
    "ids": "the messages, by the driver's own names",
    "index": "the place in the batch, from 0",
    "kind": "what it is",
    "lat": "latitude, degrees",
    "lng": "longitude, degrees",
    "locations": "the positions",
    "message": "one plain sentence, for people",
    "name": "of the driver",
    "moved": "drivers of whom only the place changed",
    "note": "from the staff or the driver",
    "on": "on duty, or off",
    "driverName": "his name",
    "onDuty": "whether positions are recorded",
    "online": "whether the driver is connected",
    "order": "the whole order",
    "orderId": "the order",
    "orders": "of the driver, or on the map",
    "phone": "of who gets the order",
    "pickup": "where it starts",
    "position": "the newest, or null",
    "recordedAt": "the time of the fix; without it the time of arrival counts",
    "recovered": "whether the statuses after the viewer's `seq` follow",
    "removed": "drivers that are gone, by id",
    "reportInterval": "how often to report, in seconds",
    "seconds": "from one report to the next",
    "seq": "the number of the status, from 1",
    "speed": "metres per second; null is unknown",
    "status": "see [statuses](#statuses-of-an-order)",
    "text": "plain text, in lines",
    "timeline": "the statuses so far",
    "to": "the later end",
    "token": "the credentials",
    "vehicle": "as the staff entered it",
    "whole": "everything, not only what changed",
    "window": "the promised time",
    "words": "what the staff told the driver, the newest 20, oldest first",
}

SPECIAL: Final[dict[tuple[str, str], str]] = {
    ("PointIn", "accuracy"): "radius around the position",
    ("PointIn", "speed"): "over the ground",
    ("PointIn", "heading"): "of travel, clockwise from north",
    ("PointIn", "altitude"): "above the sea",
    ("PointIn", "battery"): "of the phone",
    ("FleetDriver", "speed"): "metres per second",
    ("FleetDriver", "heading"): "degrees clockwise from north",
    ("PointIn", "id"): "the driver's own name for this message",
    ("StatusIn", "id"): "the driver's own name for this message",
    ("DutyIn", "id"): "the driver's own name for this message",
    ("OrderBrief", "note"): "from the staff",
    ("WordToDriver", "id"): "the message",
    ("OrderMessage", "id"): "the message; null for a note",
    ("OrderMessage", "kind"): "`question`, `answer`, `word` or `note`",
    ("OrderMessage", "text"): "plain text, in lines; empty where a note was taken away",
    ("OrderProof", "id"): "the proof",
    ("OrderProof", "kind"): "`photo`, `signature` or `code`",
    ("Reject", "id"): "the message, by the driver's own name",
    ("Auth", "orderId"): "the order to follow, on `/ws/client`",
    ("Auth", "epoch"): "where to resume",
    ("Auth", "seq"): "where to resume",
    ("Subscribe", "token"): "the order's tracking token; staff need none",
    ("Subscribe", "epoch"): "where to resume",
    ("Subscribe", "seq"): "where to resume",
    ("Resume", "seq"): "the last status that was seen",
    ("Position", "recordedAt"): "the time of the fix",
    ("LocationUpdate", "recordedAt"): "the time of the fix",
    ("FleetDriver", "recordedAt"): "the time of the fix",
    ("FleetDriver", "orders"): "the open orders of this driver, by id",
    ("Fleet", "orders"): "those that changed",
    ("FleetMove", "heading"): "degrees clockwise from north",
    ("FleetMove", "speed"): "metres per second",
    ("FleetMove", "recordedAt"): "the time of the fix, milliseconds since the epoch",
    ("Welcome", "orders"): "the driver's open orders",
    ("Error", "orderId"): "the order, where it is about one",
    ("FleetOrder", "driverId"): "whose it is",
}
"""Where a field means something else in one message."""

DRIVER_SENDS: Final[dict[str, list[str]]] = {
    "PointIn": [
        '{"lat": 48.137, "lng": 11.575, "orderId": "A1"}',
        '{"type": "location_update", "id": "p-17", "orderId": "A1", "lat": 48.137, "lng": 11.575,\n'
        ' "recordedAt": "2026-11-23T09:30:00.250Z", "accuracy": 6.0, "speed": 8.3,\n'
        ' "heading": 270.0, "altitude": 519.0, "battery": 0.82}',
    ],
    "BatchIn": [
        '{"type": "location_batch", "locations": [\n'
        ' {"id": "p-18", "lat": 48.138, "lng": 11.575, "recordedAt": "2026-11-23T09:30:05Z"},\n'
        ' {"id": "p-19", "lat": 48.139, "lng": 11.575, "recordedAt": 1795426210}]}',
    ],
    "StatusIn": [
        '{"type": "status_update", "id": "s-3", "orderId": "A1", "status": "picked_up"}',
        '{"type": "status_update", "id": "s-4", "orderId": "A1", "status": "failed",\n'
        ' "note": "Nobody at home"}',
    ],
    "DutyIn": ['{"type": "duty", "id": "u-1", "on": false}'],
    "AuthIn": ['{"type": "auth", "token": "Vd0cJ3kq1yR8uZ5tW2hXnB7sLmEa9gQf"}'],
}

VIEWER_SENDS: Final[dict[str, str]] = {
    "Auth": '{"type": "auth", "token": "k3Jm9qT1xW7cZr5vB2nLhY8sPdE4gAuf", "orderId": "A1"}',
    "Subscribe": '{"type": "subscribe", "orderId": "A1", "epoch": "Zr8kQ1", "seq": 7,\n'
    ' "token": "k3Jm9qT1xW7cZr5vB2nLhY8sPdE4gAuf"}',
    "Unsubscribe": '{"type": "unsubscribe", "orderId": "A1"}',
    "Resume": '{"type": "resume", "orderId": "A1", "epoch": "Zr8kQ1", "seq": 7}',
    "Ping": '{"type": "ping"}',
}

CODES: Final[dict[str, str]] = {
    "invalid_json": "The text is not JSON.",
    "invalid_message": "It is JSON, but not an object; or it makes no sense here.",
    "unknown_type": "There is no such type of message.",
    "invalid_coordinates": "`lat` or `lng` is missing or out of range.",
    "invalid_field": "Another field is missing or has a wrong value; `field` names it.",
    "unknown_order": "There is no such order, or it is not yours.",
    "illegal_step": "The order cannot go from its status to this one.",
    "too_many": "Over a limit: a batch too long, or too many messages or requests.",
    "off_duty": "The position's time lies in an off-duty time; it was not recorded.",
    "too_large": "The message or body is over the limit, which `message` names.",
    "not_authenticated": "No credentials, or credentials that were never valid.",
    "revoked": "The token or link was valid once and was ended.",
    "expired": "The link was valid once and has expired.",
    "forbidden": "The role does not allow it.",
    "cross_origin": "A write with a cookie came from another site.",
    "bad_request": "The request cannot be understood.",
    "not_found": "There is no such thing.",
    "method_not_allowed": "The address does not take this method.",
    "conflict": "It contradicts the state of things, or an earlier use of the `Idempotency-Key`.",
    "already_exists": "The id or name is taken.",
    "unsupported_media_type": "The body is not JSON.",
    "unavailable": "Nothing can be stored at the moment; try again.",
    "internal": "Something went wrong in the server; it is logged there.",
}

STATUSES: Final[dict[str, str]] = {
    "pending": "made, without a driver",
    "assigned": "a driver has it",
    "picked_up": "the driver has the goods",
    "in_transit": "on the way",
    "arriving": "nearly there",
    "delivered": "done",
    "failed": "could not be delivered",
    "cancelled": "will not be delivered",
    "returned": "went back",
}

PREFERENCES: Final[dict[str, str]] = {
    "business_name": "What customers and staff read as the name.",
    "colour": (
        "The accent of the customer's page; made darker or lighter where it could not be read."
    ),
    "logo": "PNG, JPEG or WebP of at most 256 KB, beside the name on the customer's page.",
    "tile_url": "OpenStreetMap's tiles, those of another provider, or none.",
    "tile_attribution": "Shown on every map, as the licence of the tiles asks.",
    "courier_from": "From which status on customers read his first name and vehicle.",
    "place_from": "From which status on customers see him on the map, and his way.",
    "arrival_from": "From which status on customers read when he probably comes.",
    "customer_notes": "Whether customers may leave a note for the driver.",
    "customer_messages": "Whether customers may write to the business from their page.",
    "customer_notices": "Whether customers may have their browser notify them of their order.",
    "late_after": "Minutes behind the end of its window after which the work list calls it late.",
    "silent_after": "Seconds without a sign of a driver on his way after which his signal is lost.",
    "arriving_within": (
        "Metres from its door within which an order on its way becomes `arriving` by itself; 0 "
        "leaves it to drivers and staff."
    ),
    "keep_days": "Days after which positions are deleted; 0 keeps them all.",
    "keep_proof_days": "Days after which pictures of proof are deleted; 0 keeps them all.",
    "keep_message_days": (
        "Days after which messages, customers' notes and words of ratings are deleted, once their "
        "order is over; 0 keeps them all."
    ),
    "keep_customer_days": (
        "Days after which the customer, destination and note of an order that is over are deleted; "
        "0 keeps them all."
    ),
    "report_near": "Seconds between reports while an order that somebody follows is about to end.",
    "report_watched": "Seconds between reports while somebody follows an order of the driver.",
    "report_overview": "Seconds between reports while only the map of the fleet is open.",
    "report_unwatched": "Seconds between reports while nobody looks.",
    "report_saving": "Seconds between reports, at least, while the phone's battery is low.",
    "low_battery": "Percent below which a battery is low.",
}
"""What the settings page offers, in its order."""
