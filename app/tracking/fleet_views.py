"""Drivers and orders as the staff's map shows them, rounded to what a map can show.

Phones write floats of up to 17 digits; a dashboard gets thousands of them each second.
"""

from app.domain.order import OPEN
from app.domain.times import format_time
from app.protocol import messages
from app.tracking.board import Board, LiveDriver, Marker
from app.tracking.records import Order


def fleet_driver(live: LiveDriver, orders: list[str], *, online: bool) -> messages.FleetDriver:
    """All that the map knows of a driver."""
    driver, marker = live.driver, live.marker
    if marker is None:
        return messages.FleetDriver(
            id=driver.id,
            name=driver.name,
            vehicle=driver.vehicle,
            online=online,
            on_duty=driver.on_duty,
            orders=orders,
        )
    seen = fleet_move(driver.id, marker)
    return messages.FleetDriver(
        id=driver.id,
        name=driver.name,
        vehicle=driver.vehicle,
        online=online,
        on_duty=driver.on_duty,
        lat=seen.lat,
        lng=seen.lng,
        heading=seen.heading,
        speed=seen.speed,
        accuracy=seen.accuracy,
        battery=seen.battery,
        recorded_at=format_time(seen.recorded_at * 1_000),
        orders=orders,
    )


def fleet_move(driver_id: str, marker: Marker) -> messages.FleetMove:
    """Where a driver is. Ten thousand times a second at the most: plain arithmetic only."""
    heading, speed = marker.heading, marker.speed
    accuracy, battery = marker.accuracy, marker.battery
    return messages.FleetMove(
        driver_id,
        round(marker.lat * 1e6) / 1e6,
        round(marker.lng * 1e6) / 1e6,
        marker.at // 1_000,
        None if heading is None else round(heading) % 360,
        None if speed is None else round(speed * 10) / 10,
        None if accuracy is None else round(accuracy),
        None if battery is None else round(battery * 100) / 100,
    )


def fleet_order(order: Order, board: Board) -> messages.FleetOrder:
    """An order, with its driver and its door."""
    driver = board.drivers.get(order.driver_num) if order.driver_num is not None else None
    details = order.details
    place = details.destination.place if details.destination else None
    return messages.FleetOrder(
        order_id=order.id,
        status=order.status,
        driver_id=driver.driver.id if driver else None,
        customer=details.customer.name if details.customer else None,
        lat=place.lat if place else None,
        lng=place.lng if place else None,
        gone=order.status not in OPEN,
    )
