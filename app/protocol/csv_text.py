"""CSV as spreadsheets write and read it: bytes to records with their lines, records to text.

No cell begins with what a spreadsheet takes for a formula, nor does what is left of one where a
spreadsheet divides at ``;``, at a tab or at a line's end, as many do with any file: an apostrophe
stands before it, which `bare` takes off again. Pure.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Final

from app.domain.errors import OnthewayError

BOM: Final = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""
FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r")
"""What a formula begins with, also in full width, or behind what some throw away."""
DELIMITERS: Final = (",", ";")
_SIGNS: Final = r"=+\-@\uff1d\uff0b\uff0d\uff20"
_BEGIN: Final = rf"(?:(?<=[;\t\r\n])\"*(?='*[{_SIGNS}])|\A(?='*[{_SIGNS}\t\r]))"
"""Where a cell may begin whose next signs are those of a formula, defused or not."""
_LIVE: Final = re.compile(_BEGIN)
_DEFUSED: Final = re.compile(f"({_BEGIN})'")
_WORKBOOK: Final = b"PK\x03\x04"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
SAVE_AS: Final = "Please save it as CSV UTF-8."


class BrokenRecord(Exception):
    """From ``line`` on the text cannot be read, because of ``reason``."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def text_of(data: bytes) -> str:
    """The text of a file in UTF-8 with or without a mark.

    Raises ``invalid_field`` that says what the file is instead.
    """
    if data.startswith(_WORKBOOK):
        raise _refused(f"This is a workbook, not CSV. {SAVE_AS}")
    if data.startswith(_WIDE):
        raise _refused(f"This file is in UTF-16. {SAVE_AS}")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(f"This file is not in UTF-8: see line {line}. {SAVE_AS}") from None
    if "\0" in text:
        raise _refused(f"This file is not text. {SAVE_AS}")
    return text.removeprefix(BOM)


def _refused(sentence: str) -> OnthewayError:
    return OnthewayError("invalid_field", sentence, field="file")


def delimiter_of(text: str) -> str:
    """What divides the cells: whichever of ``,`` and ``;`` the first line has more of."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(head.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that says something, with the line where it begins, counted from 1.

    Raises `BrokenRecord` for a quotation that does not end, or a cell beyond all measure.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    line = 1
    try:
        for cells in reader:
            bare_cells = [bare(cell) for cell in cells]
            if any(cell.strip() for cell in bare_cells):
                yield line, bare_cells
            line = reader.line_num + 1
    except csv.Error:
        reason = "A quotation mark is not closed, or a cell is endless: nothing after is read."
        raise BrokenRecord(line, reason) from None


def bare(cell: str) -> str:
    """A cell without the apostrophe of `defused`."""
    return _DEFUSED.sub(r"\1", cell)


def defused(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return _LIVE.sub(r"\g<0>'", cell)


def lines(rows: Iterable[Iterable[object]], delimiter: str = ",") -> str:
    """Records as text (RFC 4180); texts defused, numbers as they are, None empty."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(
        [defused(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return text.getvalue()
