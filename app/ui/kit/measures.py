"""Measured things in words."""

from app.domain.preferences import NORMAL, Thresholds
from app.tracking.board import LiveDriver


def fix_facts(
    driver: LiveDriver | None, *, online: bool, now: int, thresholds: Thresholds = NORMAL
) -> dict[str, str | None]:
    """What is known of a driver's newest fix, in words; a speed only while it is one of now."""
    marker = driver.marker if driver else None
    if driver is None:
        return dict.fromkeys(("Phone", "Speed", "Accuracy", "Battery"))
    speed, accuracy = (marker.speed, marker.accuracy) if marker else (None, None)
    battery = marker.battery if marker else None
    if not (online and driver.driver.on_duty and is_fresh(driver, now, thresholds)):
        speed = None
    return {
        "Phone": "connected" if online else "not connected",
        "Speed": f"{speed * 3.6:.0f} km/h" if speed is not None else None,
        "Accuracy": f"± {accuracy:.0f} m" if accuracy is not None else None,
        "Battery": f"{100 * battery:.0f} %" if battery is not None else None,
    }


def is_fresh(driver: LiveDriver, now: int, thresholds: Thresholds = NORMAL) -> bool:
    """Whether his newest fix says how things are now."""
    return driver.marker is not None and now - driver.marker.at <= thresholds.silent_after


def state_of(
    live: LiveDriver, *, online: bool, now: int, thresholds: Thresholds = NORMAL
) -> tuple[str, str, str]:
    """Icon, words and level of a driver: as the map shows him."""
    marker = live.marker
    if not live.driver.on_duty:
        return "do_not_disturb_on", "Off duty", "off"
    if not online:
        return "cloud_off", "Not connected", "off"
    if marker is None:
        return "location_searching", "No place yet", "warn"
    if not is_fresh(live, now, thresholds):
        return "wifi_off", "No signal", "warn"
    if marker.speed is not None and marker.speed < 1:
        return "pause_circle", "Standing", "ok"
    return "navigation", "Moving", "ok"


def distance_words(metres: float) -> str:
    """A distance in kilometres, finer where it is short: "0.8 km", "1,240 km"."""
    km = metres / 1_000
    return f"{km:.1f} km" if km < 100 else f"{km:,.0f} km"
