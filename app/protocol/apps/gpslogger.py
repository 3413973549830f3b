"""GPSLogger's custom URL: names as they were typed, in a query or a body; metres per second.
Pure."""

from typing import Final

from app.protocol.apps import named, values
from app.protocol.apps.message import App, Phone, Reading, Sent, Setup

ITS_OWN: Final = frozenset({"spd", "spd_kph", "aid", "ser", "prov", "longitude"})
"""Names that no other app of this kind sends."""
QUERY: Final = (
    "app=gpslogger&lat=%LAT&lon=%LON&timestamp=%TIMESTAMP&acc=%ACC&alt=%ALT&spd=%SPD&dir=%DIR"
    "&batt=%BATT&ischarging=%ISCHARGING"
)
FILE: Final = "driver.properties"


def claims(sent: Sent) -> bool:
    """The address says so, or a name does."""
    if named.is_named(sent, "gpslogger"):
        return True
    return named.is_unnamed(sent) and not ITS_OWN.isdisjoint(sent.fields)


def read(sent: Sent) -> Reading:
    """One position."""
    return named.read(sent, values.METRES_PER_SECOND)


def properties(address: str) -> str:
    """The file that sets the app up: a position every 10 seconds and 10 metres."""
    lines = (
        "log_customurl_enabled=true",
        "log_customurl_method=GET",
        f"log_customurl_url={address}?{QUERY}",
        "time_before_logging=10",
        "distance_before_logging=10",
    )
    return "".join(f"{line}\n" for line in lines)


def setup(phone: Phone) -> Setup:
    """It fetches the file from the address in its link, which holds no more than the file does."""
    link = f"gpslogger://properties/{phone.address}/{FILE}"
    texts = (("Custom URL", f"{phone.address}?{QUERY}"),)
    return Setup(
        steps=(
            "Open the link on the phone; GPSLogger takes over the settings.",
            "Press \N{LEFT DOUBLE QUOTATION MARK}Start logging\N{RIGHT DOUBLE QUOTATION MARK}, and "
            "switch battery optimisation off for it.",
        ),
        picture=link,
        link=link,
        texts=texts,
        file=(FILE, properties(phone.address)),
    )


APP: Final = App(
    key="gpslogger",
    by_key=True,
    name="GPSLogger",
    phones="Android",
    claims=claims,
    read=read,
    setup=setup,
)
