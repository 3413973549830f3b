"""Orders as lines of a CSV file: its columns, and what each line says or does wrong. Pure.

The first line names the columns, in any order; what is unknown is ignored. A line with a fault
is left out whole, and every fault of it is named.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Final, TypeVar

from app.domain.errors import OnthewayError
from app.domain.eta import Window
from app.domain.geo import Place, is_place
from app.domain.order import is_order_id
from app.domain.times import parse_time, to_datetime
from app.protocol.csv_text import BrokenRecord, delimiter_of, records, text_of
from app.protocol.fields import MAX_NOTE

MOST_BYTES: Final = 1_000_000
"""Of all cells and what divides them, but for the column `PROBLEM`: what was left out of a file can
always be imported, whatever is said of it."""
MOST_READ: Final = 8 * MOST_BYTES
"""Bytes of a file as it comes, with that column and all its quotation marks."""
MOST_LINES: Final = 10_000
MOST_COLUMNS: Final = 200
MAX_LINE: Final = 200
MAX_ADDRESS: Final = 500

COLUMNS: Final[Mapping[str, str]] = {
    "order": "its number: 1 to 64 letters, digits or . _ ~ -; one is chosen when empty",
    "customer": "the name",
    "phone": "the customer's phone",
    "email": "the customer's email",
    "address": "where it goes, in words",
    "lat": "where it goes: degrees north",
    "lng": "where it goes: degrees east",
    "pickup_address": "where it is picked up, in words",
    "pickup_lat": "degrees north",
    "pickup_lng": "degrees east",
    "promised_from": "a day and a time, such as 2026-11-26 14:30",
    "promised_until": "as above; both or none",
    "driver": "a driver's name or id",
    "note": "a note for the driver",
}
"""What can be imported -> what it means."""
WRITTEN_TOO: Final = ("status", "created", "changed", "ended")
"""Columns that only exports have."""
PROBLEM: Final = "problem"
"""A column that only files of left out lines have (`app.protocol.left_out`)."""
_ALIASES: Final = {
    "orderid": "order",
    "ordernumber": "order",
    "id": "order",
    "name": "customer",
    "customername": "customer",
    "mail": "email",
    "destination": "address",
    "latitude": "lat",
    "longitude": "lng",
    "lon": "lng",
    "from": "promised_from",
    "until": "promised_until",
    "to": "promised_until",
}
_KNOWN: Final = {name.replace("_", ""): name for name in COLUMNS} | _ALIASES
_DEGREES: Final = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{1,30})?(?:[eE]-?\d{1,3})?", re.ASCII)
_LOCAL: Final = re.compile(
    r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4}))"
    r"[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?",
    re.ASCII,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One order of a file; ``line`` is where it stands, ``driver`` a name or an id."""

    line: int
    order_id: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    place: Place | None = None
    pickup_address: str | None = None
    pickup: Place | None = None
    window: Window | None = None
    driver: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong on a line; ``field`` is a column, or empty for the whole line."""

    line: int
    field: str
    reason: str


@dataclass(slots=True)
class OrderFile:
    """What a file says; ``ignored`` are its columns that are not ours.

    ``head`` and ``rows`` (by line) are its cells as they came, ``delimiter`` is what divided them;
    from the line ``unread`` on nothing could be read.
    """

    lines: list[OrderLine] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: dict[int, list[str]] = field(default_factory=dict)
    delimiter: str = ","
    unread: int | None = None


def parse(data: bytes, zone: tzinfo) -> OrderFile:
    """Read a file; times without an offset are of ``zone``.

    Raises ``too_large`` or ``invalid_field`` where the file as a whole cannot be used.
    """
    if len(data) > MOST_READ:
        raise too_large()
    text = text_of(data)
    reading: _Reading | None = None
    broken: Fault | None = None
    try:
        for line, cells in records(text):
            if reading is None:
                reading = _Reading(cells, zone)
            else:
                reading.take(line, cells)
    except BrokenRecord as error:
        broken = Fault(error.line, "", error.reason)
    if reading is None:
        raise _refused(broken.reason if broken else "There is nothing in this file.")
    reading.found.delimiter = delimiter_of(text)
    if broken is not None:
        reading.found.faults.append(broken)
        reading.found.unread = broken.line
    elif not reading.count:
        raise _refused("There is no order below the first line of this file.")
    return reading.found


def too_large() -> OnthewayError:
    """A file has too many bytes."""
    return _refused(f"A file may have at most {MOST_BYTES:,} bytes.", "too_large")


def is_problem(title: str) -> bool:
    """Whether a column is the one for problems."""
    return title.strip().casefold() == PROBLEM


def _refused(sentence: str, code: str = "invalid_field") -> OnthewayError:
    return OnthewayError(code, sentence, field="file")


class _Reading:
    """A file being read: what its first line says of the columns, and what was found so far."""

    def __init__(self, head: Sequence[str], zone: tzinfo) -> None:
        self.found = OrderFile(head=list(head))
        self.count = 0
        self._zone = zone
        self._width = len(head)
        self._problems = {at for at, title in enumerate(head) if is_problem(title)}
        self._size = -1  # the last line needs no end
        self._columns: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self._weigh(head)
        count = len(head) - len(self._problems)
        if count > MOST_COLUMNS:
            raise _refused(f"A file may have {MOST_COLUMNS} columns; this has {count:,}.")
        for index, cell in enumerate(head):
            self._name(index, cell.strip())
        if not self._columns:
            raise _refused(
                "The first line must name the columns, such as order, customer, address."
            )

    def _name(self, index: int, title: str) -> None:
        name = _KNOWN.get(re.sub(r"[\W_]+", "", title.casefold()))
        if name is None:
            if title and title.casefold() not in WRITTEN_TOO and not is_problem(title):
                self.found.ignored.append(title)
        elif name in self._columns:
            raise _refused(f"The column {name} is there twice.")
        else:
            self._columns[name] = index

    def _weigh(self, cells: Sequence[str]) -> None:
        counted = ",".join(cell for at, cell in enumerate(cells) if at not in self._problems)
        self._size += len(counted.encode()) + 1
        if self._size > MOST_BYTES:
            raise too_large()

    def take(self, line: int, cells: Sequence[str]) -> None:
        """Add the order of a line, or what is wrong with it."""
        self.count += 1
        if self.count > MOST_LINES:
            raise _refused(f"A file may have at most {MOST_LINES:,} orders.", "too_large")
        self._weigh(cells)
        self.found.rows[line] = list(cells)
        known = {name: cells[at].strip() for name, at in self._columns.items() if at < len(cells)}
        reading = _Line(known, self._zone)
        order = reading.order(line)
        faults = reading.faults
        if not any(known.values()):
            faults.append(("", "There is nothing in the columns of this line."))
        if any(cell.strip() for cell in cells[self._width :]):
            faults.append(("", "There are more cells than columns."))
        if order.order_id is not None:
            first = self._seen.setdefault(order.order_id, line)
            if first != line:
                faults.append(("order", f"{order.order_id} is on line {first} already."))
        self.found.faults += [Fault(line, column, reason) for column, reason in faults]
        if not faults:
            self.found.lines.append(order)


class _Line:
    """The cells of one line by their columns; ``faults`` are columns and reasons."""

    def __init__(self, cells: Mapping[str, str], zone: tzinfo) -> None:
        self._cells = cells
        self._zone = zone
        self.faults: list[tuple[str, str]] = []

    def order(self, line: int) -> OrderLine:
        """The order; only as good as ``faults`` is empty."""
        return OrderLine(
            line=line,
            order_id=self._read("order", _order_id),
            name=self._text("customer"),
            phone=self._text("phone"),
            email=self._text("email"),
            address=self._text("address", MAX_ADDRESS),
            place=self._place("lat", "lng"),
            pickup_address=self._text("pickup_address", MAX_ADDRESS),
            pickup=self._place("pickup_lat", "pickup_lng"),
            window=self._window(),
            driver=self._text("driver"),
            note=self._text("note", MAX_NOTE),
        )

    def _read(self, column: str, read: Callable[[str], T]) -> T | None:
        """What ``read`` makes of a cell; None where it is empty or wrong."""
        cell = self._cells.get(column, "")
        if not cell:
            return None
        try:
            return read(cell)
        except (ValueError, OverflowError) as error:
            self.faults.append((column, str(error)))
            return None

    def _text(self, column: str, longest: int = MAX_LINE) -> str | None:
        def short(cell: str) -> str:
            if len(cell) > longest:
                raise ValueError(f"This has {len(cell):,} characters; {longest:,} are allowed.")
            return cell

        return self._read(column, short)

    def _pair(self, first: str, second: str, read: Callable[[str], T]) -> tuple[T, T] | None:
        """Two cells that belong together."""
        before = len(self.faults)
        values = self._read(first, read), self._read(second, read)
        if len(self.faults) > before or values == (None, None):
            return None
        if values[0] is None or values[1] is None:
            missing = first if values[0] is None else second
            self.faults.append((missing, f"{first} and {second} belong together."))
            return None
        return values[0], values[1]

    def _place(self, lat: str, lng: str) -> Place | None:
        pair = self._pair(lat, lng, _degrees)
        if pair is None:
            return None
        if not is_place(*pair):
            wrong = lat if not -90 <= pair[0] <= 90 else lng
            most = 90 if wrong == lat else 180
            self.faults.append((wrong, f"This must be between -{most} and {most}."))
            return None
        return Place(*pair)

    def _window(self) -> Window | None:
        pair = self._pair("promised_from", "promised_until", self._time)
        if pair is None:
            return None
        if pair[1] < pair[0]:
            self.faults.append(("promised_until", "This lies before promised_from."))
            return None
        return Window(*pair)

    def _time(self, cell: str) -> int:
        return time_of(cell, self._zone)


def time_of(text: str, zone: tzinfo) -> int:
    """Microseconds of an RFC 3339 time, or of a day and a time of ``zone``; raises `ValueError`.

    An hour that comes twice, when clocks are set back, is the first of the two.
    """
    match = _LOCAL.fullmatch(text)
    try:
        if match is None:
            return parse_time(text)
        year, month, day = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
        there = datetime(
            int(year),
            int(month),
            int(day),
            int(match[7]),
            int(match[8]),
            int(match[9] or 0),
            tzinfo=zone,
        )
        moment = parse_time(there.isoformat())
        again = to_datetime(moment).astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise ValueError(
            "This must be a day and a time, such as 2026-11-26 14:30 or 26.11.2026 14:30."
        ) from None
    if again != there.replace(tzinfo=None):
        raise ValueError("There is no such time on this day: the clocks are set forward.")
    return moment


def _order_id(cell: str) -> str:
    if not is_order_id(cell):
        raise ValueError("This must be 1 to 64 letters, digits or . _ ~ -")
    return cell


def _degrees(cell: str) -> float:
    if _DEGREES.fullmatch(cell) is None:
        raise ValueError("This must be degrees as a number, such as 48.137.")
    return float(cell.replace(",", "."))
