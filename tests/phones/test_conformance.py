"""Verbatim requests of each app and generation, through the real server into the store."""

from contextlib import closing
from http.client import HTTPConnection
from typing import Any, Final

import pytest

from app.protocol.apps import table
from tests.live import LiveServer
from tests.phones.cases import Case, all_cases

CASES: Final = all_cases()


def send(server: LiveServer, token: str, case: Case) -> tuple[int, str, bytes]:
    """The request as the phone sends it; status, type and body of the answer."""
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        path = case.path.replace("TOKEN", token)
        connection.putrequest(case.method, path, skip_accept_encoding=True)
        for name, value in case.headers.items():
            connection.putheader(name, value)
        if case.body:
            connection.putheader("Content-Length", str(len(case.body)))
        connection.endheaders(case.body)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()


def close(found: Any, expected: Any) -> bool:
    """Whether a value is what was expected, to the last but a few digits."""
    if isinstance(expected, float) and isinstance(found, float):
        return found == pytest.approx(expected, rel=1e-9)
    return bool(found == expected)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_answer_is_the_apps_own_and_the_store_holds_our_units(
    live_server: LiveServer, case: Case
) -> None:
    driver = live_server.driver(case.name)
    for _ in range(2):  # a phone that did not get the answer sends it again
        answer = send(live_server, driver["token"], case)
        assert answer == (200, case.kind, case.reply)
    found = live_server.driver_positions(driver["id"])
    assert len(found) == len(case.positions)
    for position, expected in zip(found, case.positions, strict=True):
        wrong = {
            name: (position[name], value)
            for name, value in expected.items()
            if not close(position[name], value)
        }
        assert wrong == {}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_app_is_told_by_what_arrives(case: Case) -> None:
    app, _ = table.read(case.method, case.query, case.body)
    name = case.name.partition(":")[0].partition("-")[0]
    assert app.key == ("unsure" if "nothing tells" in case.name else name)
