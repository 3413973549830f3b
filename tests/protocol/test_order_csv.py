"""Orders in CSV: every bad line and field named, whatever comes; what is written is read again."""

import csv
import io
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.errors import OnthewayError
from app.domain.geo import Place
from app.domain.times import parse_time
from app.protocol import csv_text
from app.protocol.order_csv import (
    MAX_LINE,
    MOST_BYTES,
    MOST_LINES,
    MOST_READ,
    OrderFile,
    parse,
    time_of,
)

ZONE = ZoneInfo("Europe/Berlin")


def read(text: str) -> OrderFile:
    return parse(text.encode(), ZONE)


def faults(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.field) for fault in read(text).faults]


def refusal(data: bytes) -> OnthewayError:
    with pytest.raises(OnthewayError) as told:
        parse(data, ZONE)
    assert told.value.field == "file"
    return told.value


@pytest.mark.parametrize("mark", ["", csv_text.BOM])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_in_all_its_forms(mark: str, delimiter: str, end: str) -> None:
    rows = [
        ["Order", "customer_name", "LAT", "Lng", "promised from", "promised_until", "What?"],
        [
            "A1",
            '"Müller, Zoë; ""Z"" 🎁"',
            "48.137",
            "11.575",
            "2026-07-01 14:30",
            "01.07.2026 15:00",
        ],
        [],
        ["A2"],
    ]
    file = read(mark + end.join(delimiter.join(row) for row in rows))
    assert file.faults == []
    assert file.ignored == ["What?"]
    first, second = file.lines
    assert (first.line, first.order_id, first.name) == (2, "A1", 'Müller, Zoë; "Z" 🎁')
    assert first.place == Place(48.137, 11.575)
    assert first.window == (
        parse_time("2026-07-01T12:30:00Z"),
        parse_time("2026-07-01T13:00:00Z"),
    )
    assert (second.line, second.order_id, second.place) == (4, "A2", None)


def test_degrees_may_have_a_comma_where_semicolons_divide() -> None:
    (line,) = read("lat;lng\n48,137;-11,575").lines
    assert line.place == Place(48.137, -11.575)


@pytest.mark.parametrize(
    ("head", "line", "field"),
    [
        ("order,customer,problem", " ,,something else", ""),
        ("order", "a b", "order"),
        ("order", "x" * 65, "order"),
        ("customer", "x" * (MAX_LINE + 1), "customer"),
        ("lat,lng", "91,0", "lat"),
        ("lat,lng", "0,-181", "lng"),
        ("lat,lng", "1e400,0", "lat"),
        ("lat,lng", "nan,0", "lat"),
        ("lat,lng", "48,", "lng"),
        ("lat,lng", "north,0", "lat"),
        ("pickup_lat,pickup_lng", ",1", "pickup_lat"),
        ("promised_from,promised_until", "tomorrow,2026-01-01 10:00", "promised_from"),
        ("promised_from,promised_until", "2026-02-30 10:00,2026-03-01 10:00", "promised_from"),
        ("promised_from,promised_until", "2026-03-29 02:30,2026-03-29 04:00", "promised_from"),
        ("promised_from,promised_until", "2026-01-01 10:00,2026-01-01 09:59", "promised_until"),
        ("promised_from,promised_until", "2026-01-01 10:00,", "promised_until"),
        ("note", "x" * 2_001, "note"),
        ("order", "A1,", None),
        ("order", "A1,more", ""),
    ],
)
def test_a_bad_line_is_named_with_its_field(head: str, line: str, field: str | None) -> None:
    text = f"{head}\n\n{line}\n"
    if field is None:
        assert faults(text) == []
    else:
        assert faults(text) == [(3, field)]
        assert read(text).lines == []


def test_every_fault_of_a_line_is_named_and_the_others_are_read() -> None:
    file = read("order,lat,lng,customer\n!,100,0,ok\nA1,,,ok\n")
    assert [(fault.line, fault.field) for fault in file.faults] == [(2, "order"), (2, "lat")]
    assert [line.order_id for line in file.lines] == ["A1"]


def test_an_order_that_is_there_twice_is_named_with_its_first_line() -> None:
    file = read('order,note\nA1,"two\nlines"\nA1,\na1,\n')
    assert [(fault.line, fault.field) for fault in file.faults] == [(4, "order")]
    assert "line 2" in file.faults[0].reason
    assert [line.line for line in file.lines] == [2, 5]


def test_a_quotation_without_end_is_named_and_what_came_before_is_read() -> None:
    file = read('order,note\nA1,x\nA2,"never ends\nA3,x\n')
    assert [(fault.line, fault.field) for fault in file.faults] == [(3, "")]
    assert [line.order_id for line in file.lines] == ["A1"]


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "nothing in this file"),
        (b"\xef\xbb\xbf \n", "nothing in this file"),
        (b"order\n", "no order"),
        (b"what,ever\n1,2\n", "name the columns"),
        (b"order" + b",a" * 200 + b"\n1\n", "200 columns"),
        (b"order,id\nA1,A2\n", "twice"),
        ("order\nÄ1\n".encode("latin-1"), "line 2"),
        ("order\nA1\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "workbook"),
        (b"order\n\0\n", "not text"),
        (b'"order\n', "quotation"),
        (b"order\n" + b"x\n" * (MOST_LINES + 1), "10,000 orders"),
        (
            b"order,note\n" + (b"," + b"y" * 1_998 + b"\n") * (MOST_BYTES // 2_000),
            "1,000,000 bytes",
        ),
        (b"x" * (MOST_READ + 1), "1,000,000 bytes"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_it_is(data: bytes, part: str) -> None:
    assert part in refusal(data).message


def test_times_with_an_offset_are_what_they_say_and_others_are_of_the_zone() -> None:
    assert time_of("2026-07-01T10:00:00+05:00", ZONE) == parse_time("2026-07-01T05:00:00Z")
    assert time_of("1.7.2026 10:00:30", ZONE) == parse_time("2026-07-01T08:00:30Z")
    assert time_of("2026-10-25 02:30", ZONE) == parse_time("2026-10-25T00:30:00Z")


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
LIVE = ["=1", "'=1", "''+", "-", "@x", "\t1", "\r1", "\uff1d1"]
AMONG = st.text(st.sampled_from("a;\t\r\n,\"'=+-@ "), max_size=12)
CELLS = st.lists(TEXT | AMONG | st.sampled_from(LIVE), min_size=2)


@given(st.lists(CELLS, min_size=1))
def test_what_is_written_is_read_again_and_no_cell_is_a_formula(rows: list[list[str]]) -> None:
    text = csv_text.lines([["order", "note"], *rows])
    found = [cells for _, cells in csv_text.records(text)][1:]
    assert found == [row for row in rows if any(cell.strip() for cell in row)]
    for row in rows:
        assert not any(csv_text.defused(cell).startswith(csv_text.FORMULA) for cell in row)


@example([["a;=1+1;", "b"]])
@example([["a\n=1+1", "b"]])
@example([['a;"=1+1";', "b"]])
@given(st.lists(CELLS, min_size=1))
def test_no_cell_is_a_formula_wherever_a_spreadsheet_divides(rows: list[list[str]]) -> None:
    text = csv_text.lines(rows)
    for delimiter in ",;\t":
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            assert not any(cell.lstrip("\t\r").startswith(csv_text.FORMULA) for cell in cells), (
                cells
            )


def test_what_people_write_stays_as_it_is() -> None:
    for text in ("Ring 1; 2nd floor", "a - b", "a\r\n\r\nb", "x@y.example", "5-7", "a;'b"):
        assert csv_text.defused(text) == csv_text.bare(text) == text


FIELDS = st.sampled_from(["order", "customer", "lat", "lng", "promised_from", "note", "x", ""])
ODD = st.sampled_from(["A1", "1", "-91", "2026-01-01 10:00", '"', "\n", ",", ";", "ß", "=1"])


@given(st.lists(FIELDS, max_size=6), st.lists(st.lists(ODD, max_size=8), max_size=5))
def test_every_line_is_an_order_or_has_a_reason(head: list[str], rows: list[list[str]]) -> None:
    text = "\n".join([",".join(head), *(",".join(row) for row in rows)])
    try:
        file = read(text)
    except OnthewayError as error:
        assert error.field == "file"
        return
    good, bad = {line.line for line in file.lines}, {fault.line for fault in file.faults}
    assert not good & bad
    assert good | bad
    assert max(good | bad) <= text.count("\n") + 1
    assert all(fault.reason for fault in file.faults)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        parse(b"order,note\n" + data, ZONE)
    except OnthewayError as error:
        assert error.field == "file"
