"""Measured things in words."""

from app.tracking.board import LiveDriver


def fix_facts(driver: LiveDriver | None, *, online: bool) -> dict[str, str | None]:
    """What is known of a driver's newest fix, in words."""
    marker = driver.marker if driver else None
    if driver is None:
        return dict.fromkeys(("Phone", "Speed", "Accuracy", "Battery"))
    speed, accuracy = (marker.speed, marker.accuracy) if marker else (None, None)
    battery = marker.battery if marker else None
    return {
        "Phone": "connected" if online else "not connected",
        "Speed": f"{speed * 3.6:.0f} km/h" if speed is not None else None,
        "Accuracy": f"± {accuracy:.0f} m" if accuracy is not None else None,
        "Battery": f"{battery:.0%}" if battery is not None else None,
    }


def distance_words(metres: float) -> str:
    """A distance in kilometres, finer where it is short: "0.8 km", "1,240 km"."""
    km = metres / 1_000
    return f"{km:.1f} km" if km < 100 else f"{km:,.0f} km"
