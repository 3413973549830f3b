"""The lines of a file of orders that were left out, as a file: to be mended and imported. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from app.protocol import csv_text
from app.protocol.order_csv import PROBLEM, OrderFile, is_problem

LONGEST: Final = 300
"""Characters of what is wrong with one line."""

Refusal = tuple[int, str]
"""A line, and why it was not imported."""


def problems_of(file: OrderFile, refused: Iterable[Refusal] = ()) -> dict[int, list[str]]:
    """Of each line that is left out what is wrong with it, in the order of the file: the faults of
    the file, and what was ``refused`` later. Lines that could not be read are not among them."""
    found: dict[int, list[str]] = {}
    faults = [
        (fault.line, f"{fault.field}: {fault.reason}" if fault.field else fault.reason)
        for fault in file.faults
    ]
    for line, reason in (*faults, *refused):
        if line in file.rows:
            found.setdefault(line, []).append(reason)
    return dict(sorted(found.items()))


def text_of_lines(file: OrderFile, problems: Mapping[int, Sequence[str]]) -> str:
    """These lines with all cells as they came, and before them a column for their problems.

    It replaces such a column of the file. It stands first: a line may have more cells than there
    are columns, and must not seem right because of it.
    """
    dropped = {at for at, title in enumerate(file.head) if is_problem(title)}

    def kept(cells: Sequence[str]) -> list[str]:
        return [cell for at, cell in enumerate(cells) if at not in dropped]

    rows = [[PROBLEM, *kept(file.head)]]
    rows += [[_short(reasons), *kept(file.rows[line])] for line, reasons in problems.items()]
    return csv_text.BOM + csv_text.lines(rows, file.delimiter)


def _short(reasons: Sequence[str]) -> str:
    text = "; ".join(reasons)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
