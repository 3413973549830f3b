"""The lines that an import left out, as a file: whole, harmless, and read as before."""

import csv
import io
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OnthewayError
from app.protocol import csv_text
from app.protocol.left_out import LONGEST, problems_of, text_of_lines
from app.protocol.order_csv import MOST_BYTES, MOST_COLUMNS, MOST_LINES, OrderFile, parse

ZONE = ZoneInfo("Europe/Berlin")
FILE = """order;customer;What?;lat;lng
A1;Ada;x;48,1;11,5
A 2;=cmd();-y;91;0
A3;Zoë;;;;one more
A1;twice;;;
A4;Ben;;48;11
"""


def read(text: str) -> OrderFile:
    return parse(text.encode(), ZONE)


def cells(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix(csv_text.BOM)), delimiter=delimiter))


def test_the_file_holds_just_these_lines_as_they_came_with_what_is_wrong() -> None:
    file = read(FILE)
    text = text_of_lines(file, problems_of(file, [(6, "There is an order A4 already.")]))
    head, second, third, fourth, fifth = cells(text, ";")
    assert head == ["problem", "order", "customer", "What?", "lat", "lng"]
    assert second[0].startswith("order: This must be 1 to 64")
    assert second[0].endswith("; lat: This must be between -90 and 90.")
    assert second[1:] == ["A 2", "'=cmd()", "'-y", "91", "0"]
    assert third == ["There are more cells than columns.", "A3", "Zoë", "", "", "", "one more"]
    assert fourth[0] == "order: A1 is on line 2 already."
    assert fifth == ["There is an order A4 already.", "A4", "Ben", "", "48", "11"]


def test_a_mended_line_is_imported_and_one_that_is_not_has_one_problem_column_again() -> None:
    file = read(FILE)
    text = text_of_lines(file, problems_of(file))
    again = read(text.replace("A 2", "A2").replace("91", "9"))
    assert again.ignored == ["What?"]  # the problems are nobody's mistake
    assert [(line.order_id, line.name) for line in again.lines] == [
        ("A2", "=cmd()"),
        ("A1", "twice"),
    ]
    head, line = cells(text_of_lines(again, problems_of(again)), ";")
    assert head == ["problem", "order", "customer", "What?", "lat", "lng"]
    assert line == ["There are more cells than columns.", "A3", "Zoë", "", "", "", "one more"]


def test_what_could_not_be_read_is_named_and_not_among_the_lines() -> None:
    file = read('order,customer\na b,x\nA2,"open\nA3,Ada\n')
    assert file.unread == 3
    assert list(problems_of(file)) == [2]


CELL = st.text("=+-@;,'\"\t\n ab1é", max_size=6)


@given(st.lists(st.lists(CELL, max_size=5), min_size=1, max_size=6), st.sampled_from(",;"))
def test_left_out_lines_have_the_same_faults_again(rows: list[list[str]], delimiter: str) -> None:
    text = csv_text.lines([["order", "lat", "lng", "x"], *rows], delimiter)
    try:
        file = read(text)
    except OnthewayError:
        return
    written = text_of_lines(file, problems_of(file))
    for row in cells(written, delimiter):
        assert not any(cell.startswith(csv_text.FORMULA) for cell in row)
    if not problems_of(file):
        return
    again = read(written)
    before = [(fault.field, fault.reason) for fault in file.faults if "already" not in fault.reason]
    after = [(fault.field, fault.reason) for fault in again.faults if "already" not in fault.reason]
    assert after == before


def test_what_is_left_out_of_the_largest_file_comes_back_whole() -> None:
    cells = 'a b,"=1;",' + "x" * (MOST_BYTES // MOST_LINES - 12)
    file = read("order,customer,note\n" + "\n".join([cells] * (MOST_LINES - 1)))
    text = text_of_lines(file, problems_of(file))
    assert len(text.encode()) > 1.5 * MOST_BYTES
    again = read(text)
    assert [row[1:] for row in again.rows.values()] == list(file.rows.values())
    assert len(again.rows) == MOST_LINES - 1


def test_what_is_wrong_with_a_line_is_said_in_few_words() -> None:
    file = read("order,customer\na b,x\n")
    _, (problem, *_) = cells(text_of_lines(file, {2: ["x" * LONGEST, "y"]}))
    assert len(problem) == LONGEST
    assert problem.endswith("x…")


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_the_cells_are_divided_as_in_the_file(delimiter: str) -> None:
    text = text_of_lines(*_faulty(f"order{delimiter}note\na b{delimiter}x\n"))
    assert csv_text.delimiter_of(text.removeprefix(csv_text.BOM)) == delimiter


def _faulty(text: str) -> tuple[OrderFile, dict[int, list[str]]]:
    file = read(text)
    return file, problems_of(file)


def test_a_file_of_as_many_columns_as_there_may_be_comes_back() -> None:
    more = ",".join(f"c{number}" for number in range(MOST_COLUMNS - 1))
    file = read(f"order,{more}\na b,{more}\n")
    again = read(text_of_lines(file, problems_of(file)))
    assert [row[1:] for row in again.rows.values()] == [file.rows[2]]
    with pytest.raises(OnthewayError, match="this has 201"):
        read(f"order,{more},one\nA1\n")
