"""OsmAnd's online tracking: names in the query as the address was typed; metres per second. Pure.

The address also asks for the driver's own navigation (`eta`, `left`), which phones may send and
which is not used.
"""

from typing import Final

from app.protocol.apps import named, values
from app.protocol.apps.message import App, Phone, Reading, Sent, Setup

QUERY: Final = (
    "app=osmand&lat={0}&lon={1}&timestamp={2}&hdop={3}&altitude={4}&speed={5}&bearing={6}"
    "&eta={7}&etaNext={8}&left={9}&leftNext={10}"
)
ACCURACIES: Final = ("hdop", *named.ACCURACIES)
"""What it calls `hdop` is an accuracy in metres."""


def claims(sent: Sent) -> bool:
    """The address says so; or a time in milliseconds, or an `hdop`, and no name of a phone."""
    if named.is_named(sent, "osmand"):
        return True
    if not named.is_unnamed(sent) or named.has_device(sent):
        return False
    time = values.number(named.first(sent.fields, named.TIMES))
    return "hdop" in sent.fields or (time is not None and time >= values.MILLISECONDS_FROM)


def read(sent: Sent) -> Reading:
    """One position."""
    return named.read(sent, values.METRES_PER_SECOND, accuracies=ACCURACIES)


def setup(phone: Phone) -> Setup:
    """It knows no link: the address is pasted."""
    address = f"{phone.address}?{QUERY}"
    return Setup(
        steps=(
            "In OsmAnd, switch on the plugin \N{LEFT DOUBLE QUOTATION MARK}Trip recording"
            "\N{RIGHT DOUBLE QUOTATION MARK}.",
            "In its settings, open \N{LEFT DOUBLE QUOTATION MARK}Online tracking"
            "\N{RIGHT DOUBLE QUOTATION MARK}, paste the address, and set the interval to 10 "
            "seconds.",
        ),
        picture=address,
        texts=(("Web address", address),),
    )


APP: Final = App(
    key="osmand",
    by_key=True,
    name="OsmAnd",
    phones="iPhone and Android",
    claims=claims,
    read=read,
    setup=setup,
)
