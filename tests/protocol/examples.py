"""One example of every message that we send: for the golden files and the protocol page."""

from typing import Final

from app.protocol.messages import (
    Ack,
    Destination,
    DriverBrief,
    DutyChanged,
    Error,
    Fleet,
    FleetDriver,
    FleetMove,
    FleetOrder,
    LocationUpdate,
    OrderAssigned,
    OrderBrief,
    OrderMessage,
    OrderProof,
    OrderUnassigned,
    Out,
    Pong,
    Position,
    Reject,
    ReportInterval,
    Retry,
    Snapshot,
    StatusUpdate,
    Step,
    TimeWindow,
    Welcome,
    WordToDriver,
)

DOOR: Final = Destination(lat=48.1402, lng=11.5801, address="Ludwigstr. 1, Munich")
WINDOW: Final = TimeWindow(from_="2026-11-23T09:40:00.000Z", to="2026-11-23T09:50:00.000Z")
ORDER: Final = OrderBrief(
    order_id="A1",
    status="assigned",
    destination=DOOR,
    pickup=Destination(address="Marienplatz 8, Munich"),
    customer="Kim",
    phone="+49 89 123456",
    note="Second bell",
    window=WINDOW,
    customer_note="Gate code 1907",
    words=[WordToDriver(id="m4k9", text="Please ring twice.", at="2026-11-23T09:24:00.000Z")],
)

EXAMPLES: Final[dict[str, Out]] = {
    "welcome": Welcome(
        driver_id="d-7Hq2", driver_name="Ana", orders=[ORDER], report_interval=5, on_duty=True
    ),
    "welcome_without_orders": Welcome(
        driver_id="d-7Hq2", driver_name="Ana", orders=[], report_interval=5, on_duty=False
    ),
    "ack": Ack(ids=["p-17", "p-18"], count=2),
    "reject": Reject(
        id="p-19",
        code="invalid_coordinates",
        field="lat",
        message="lat must be between -90 and 90",
    ),
    "reject_in_batch": Reject(
        id=None,
        code="invalid_field",
        field="id",
        message="id must be text of 1 to 64 characters",
        index=0,
    ),
    "reject_whole": Reject(id=None, code="invalid_json", message="This is not valid JSON"),
    "retry": Retry(ids=["p-20"], count=1, after_ms=2000),
    "order_assigned": OrderAssigned(order=ORDER),
    "order_assigned_bare": OrderAssigned(
        order=OrderBrief(order_id="A2", status="assigned", destination=None)
    ),
    "order_unassigned": OrderUnassigned(order_id="A1"),
    "status_update": StatusUpdate(
        order_id="A1", status="delivered", seq=8, at="2026-11-23T09:46:12.480Z"
    ),
    "status_update_with_note": StatusUpdate(
        order_id="A1",
        status="failed",
        seq=8,
        at="2026-11-23T09:46:12.480Z",
        note="Nobody at home",
    ),
    "report_interval": ReportInterval(seconds=5),
    "pong": Pong(),
    "duty": DutyChanged(on=False),
    "error": Error(code="too_large", message="A message may have at most 131072 bytes."),
    "error_of_an_order": Error(
        code="revoked", message="The right to follow this order ended.", order_id="A1"
    ),
    "error_of_a_field": Error(
        code="invalid_field", message="seq must be an integer from 0 on.", field="seq"
    ),
    "snapshot": Snapshot(
        order_id="A1",
        status="in_transit",
        seq=4,
        epoch="Zr8kQ1",
        recovered=False,
        position=Position(
            lat=48.137,
            lng=11.575,
            heading=270.0,
            speed=8.3,
            accuracy=6.0,
            recorded_at="2026-11-23T09:30:00.250Z",
        ),
        eta=WINDOW,
        driver=DriverBrief(name="Ana", vehicle="bike", online=True),
        destination=DOOR,
        timeline=[
            Step(status="pending", seq=1, at="2026-11-23T08:55:00.000Z"),
            Step(status="assigned", seq=2, at="2026-11-23T09:02:10.000Z"),
            Step(status="picked_up", seq=3, at="2026-11-23T09:21:33.125Z"),
            Step(status="in_transit", seq=4, at="2026-11-23T09:22:01.500Z"),
        ],
    ),
    "snapshot_before_pick_up": Snapshot(
        order_id="A1",
        status="pending",
        seq=1,
        epoch="Zr8kQ1",
        recovered=True,
        position=None,
        eta=None,
        driver=None,
        destination=None,
        timeline=[],
    ),
    "snapshot_of_a_failure": Snapshot(
        order_id="A1",
        status="failed",
        seq=2,
        epoch="Zr8kQ1",
        recovered=False,
        position=None,
        eta=None,
        driver=None,
        destination=None,
        timeline=[
            Step(status="pending", seq=1, at="2026-11-23T08:55:00.000Z"),
            Step(status="failed", seq=2, at="2026-11-23T09:02:10.000Z", note="Nobody was there."),
        ],
    ),
    "location_update": LocationUpdate(
        order_id="A1",
        lat=48.137,
        lng=11.575,
        heading=270.0,
        speed=8.3,
        accuracy=6.0,
        recorded_at="2026-11-23T09:30:00.250Z",
        eta=WINDOW,
    ),
    "location_update_sparse": LocationUpdate(
        order_id="A1",
        lat=48.137,
        lng=11.575,
        heading=None,
        speed=None,
        accuracy=None,
        recorded_at="2026-11-23T09:30:00.250Z",
        eta=None,
    ),
    "message": OrderMessage(
        order_id="A1",
        kind="question",
        id="q7w2e9",
        text="Can you come after ten?",
        at="2026-11-23T09:25:40.500Z",
    ),
    "message_note": OrderMessage(
        order_id="A1",
        kind="note",
        id=None,
        text="Gate code 1907",
        at="2026-11-23T09:26:00.000Z",
    ),
    "proof": OrderProof(
        order_id="A1", kind="photo", id="x8c5v2b7n4m9k3j6h2g5", at="2026-11-23T09:46:10.000Z"
    ),
    "fleet": Fleet(
        whole=False,
        drivers=[
            FleetDriver(
                id="d-7Hq2",
                name="Ana Lindt",
                online=True,
                on_duty=True,
                vehicle="bike",
                lat=48.137,
                lng=11.575,
                heading=270.0,
                speed=8.3,
                accuracy=6.0,
                battery=0.82,
                recorded_at="2026-11-23T09:30:00.250Z",
                orders=["A1"],
            ),
            FleetDriver(id="d-9xTz", name="Ben", online=False, on_duty=False),
        ],
        orders=[
            FleetOrder(
                order_id="A1",
                status="in_transit",
                driver_id="d-7Hq2",
                customer="Kim",
                lat=48.1402,
                lng=11.5801,
            ),
            FleetOrder(order_id="A0", status="delivered", gone=True),
        ],
        removed=["d-3kLm"],
        moved=[
            FleetMove("d-2wQx", 48.139126, 11.580187, 1795426200250, 91, 7.8, 5, 0.64),
            FleetMove("d-5rTz", 48.131, 11.5491, 1795426200250, None, None, None, None),
        ],
    ),
}
"""Name of the golden file -> message."""
