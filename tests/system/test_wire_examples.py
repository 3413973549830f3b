"""The driver socket's messages as files of the documentation: sent to a real server, in order."""

import json
from typing import Any, Final

from websockets.sync.client import ClientConnection, connect

from tests.conftest import ROOT, StartServer

EXAMPLES: Final = ROOT / "docs" / "examples" / "driver-socket"
FILES: Final = sorted(EXAMPLES.glob("*.json"))


def answered(socket: ClientConnection, count: int) -> list[dict[str, Any]]:
    """The next messages; the wish for other reports is not an answer."""
    heard: list[dict[str, Any]] = []
    while len(heard) < count:
        message = json.loads(socket.recv(10))
        if message["type"] != "report_interval":
            heard.append(message)
    return heard


def timeless(message: dict[str, Any]) -> dict[str, Any]:
    """A message without the moment when something happened here."""
    return {name: value for name, value in message.items() if name != "at"}


def test_each_message_gets_the_answers_of_its_file(start_server: StartServer) -> None:
    assert FILES
    server = start_server()
    driver = server.driver()
    server.order(driver["id"], id="A1")
    url = f"{server.ws}/ws/driver"
    with connect(
        url, additional_headers={"Authorization": f"Bearer {driver['token']}"}, proxy=None
    ) as socket:
        assert json.loads(socket.recv(10))["type"] == "welcome"
        for path in FILES:
            example = json.loads(path.read_text())
            socket.send(example.get("text") or json.dumps(example["send"]))
            answers = answered(socket, len(example["answers"]))
            assert list(map(timeless, answers)) == list(map(timeless, example["answers"])), (
                path.name
            )
        socket.send('{"type": "ping"}')
        assert answered(socket, 1) == [{"type": "pong"}], "there was no other answer"
    stored = {each["id"] for each in server.driver_positions(driver["id"])}
    assert {"p-17", "p-18", "p-19", "p-20", "p-21", "p-23"} < stored | {None}


def test_each_file_says_what_it_is_about() -> None:
    for path in FILES:
        example = json.loads(path.read_text())
        assert set(example) in ({"about", "send", "answers"}, {"about", "text", "answers"}), (
            path.name
        )
        assert example["about"].endswith(".")
