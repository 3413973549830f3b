"""Documents tell the truth: commands exist, examples run, messages decode, links lead somewhere."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any, Final, get_args

import httpx
import msgspec
import pytest
from typer import Context
from typer.core import TyperGroup
from typer.main import get_command
from websockets.sync.client import ClientConnection, connect

from app.__main__ import cli
from app.protocol import driver, messages, viewer
from tests.conftest import QUIET_LIMITS, ROOT
from tests.live import LiveServer

README: Final = ROOT / "README.md"
DOCUMENTS: Final = (README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
GUIDES: Final = tuple(
    ROOT / "docs" / f"{name}.md" for name in ("driver", "driver-guide", "client", "admin")
)
SOURCES: Final = ("app", "static", "tests", "docs", "deploy", ".ci")
TEXTS: Final = {".py", ".md", ".js", ".cjs", ".css", ".html", ".toml", ".txt", ".sh", ".yml", ""}
MACHINE: Final = re.compile(r"(?<![\w.:/-])/(?:home|Users|root|work|mnt|media)/\w|[A-Z]:\\\\?Users")
PLACEHOLDER: Final = "THE-{}-TOKEN"


@dataclass(frozen=True)
class Block:
    """A fenced block: where it is, its words after the fence, its text without indentation."""

    path: Path
    line: int
    info: str
    text: str

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}"


def blocks_of(path: Path) -> Iterator[Block]:
    """All fenced blocks of a document."""
    pattern = re.compile(r"^( *)```(.*)\n((?:.*\n)*?)\1```$", re.M)
    text = path.read_text(encoding="utf-8")
    for found in pattern.finditer(text):
        line = text[: found.start()].count("\n") + 1
        yield Block(path, line, found[2].strip(), dedent(found[3]))


BLOCKS: Final = [block for path in DOCUMENTS for block in blocks_of(path)]


def marked(*infos: str) -> pytest.MarkDecorator:
    """Parametrizes a test with the blocks of these kinds."""
    found = [block for block in BLOCKS if block.info in infos]
    assert found, infos
    return pytest.mark.parametrize("block", found, ids=str)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server of the documents' own: they name their orders themselves."""
    with LiveServer(tmp_path_factory.mktemp("documents") / "data", QUIET_LIMITS) as started:
        yield started


# form


def test_readme_is_short() -> None:
    text = README.read_text()
    assert len(text.splitlines()) <= 150
    assert len(text.split()) <= 700


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_relative_links_and_pictures_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.S)
    targets = re.findall(r"\]\(([^)#][^)]*)\)", text)
    for target in targets:
        if not re.match(r"https?://|mailto:", target):
            assert (path.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_document_is_reached_from_the_readme(path: Path) -> None:
    if path != README:
        assert f"]({path.relative_to(ROOT)})" in README.read_text()


def test_nothing_names_a_path_of_a_machine() -> None:
    files = [path for path in ROOT.iterdir() if path.is_file()]
    files += [path for name in SOURCES for path in (ROOT / name).rglob("*") if path.is_file()]
    own = Path(__file__).resolve()
    wrong = []
    for path in files:
        if path.suffix in TEXTS and path.resolve() != own and not path.name.startswith(".env"):
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                if MACHINE.search(line):
                    wrong.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert wrong == []


def test_every_fenced_block_is_of_a_kind_that_is_checked_somewhere() -> None:
    known = {"sh", "python", "js", "dart", "kotlin", "json driver", "json to-driver"}
    known |= {"json viewer", "json to-viewer"}
    generated = {"protocol.md", "settings.md", "architecture.md", "CONTRIBUTING.md"}
    unknown = [str(b) for b in BLOCKS if b.path.name not in generated and b.info not in known]
    assert unknown == []


# shell


def commands(block: Block) -> list[list[str]]:
    """The commands of a shell block, as words."""
    lines = block.text.replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line.strip() and not line.startswith("#")]


@marked("sh")
def test_shell_commands_exist_as_they_are_written(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trip.gpx").touch()
    for words in commands(block):
        if words[0] == "make":
            targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
            assert set(words[1:]) <= set(targets), words
        elif words[0] == "ontheway":
            parse(words[1:])
        else:
            others = {"pip", "python3", ".", "curl", "git"}
            assert words[0] in others or words[0].startswith(".venv/"), words


def parse(words: list[str]) -> None:
    """Check a command's name, arguments and options without doing it; raises a usage error."""
    command, context, rest = get_command(cli), None, list(words)
    while isinstance(command, TyperGroup):
        context = Context(command, parent=context, info_name="ontheway")
        command = command.commands[rest.pop(0)]
    command.make_context(command.name, rest, parent=context)


def test_curl_examples_do_what_they_say(server: LiveServer) -> None:
    found = [words for block in BLOCKS if block.info == "sh" for words in commands(block)]
    curls = [words for words in found if words[0] == "curl"]
    assert len(curls) >= 3
    driver_id = server.driver()["id"]
    filled_in = [[word.replace("k7m2p9q4rs", driver_id) for word in words] for words in curls]
    statuses = [answer_of(server, words).status_code for words in filled_in]
    assert statuses == [201, 200, 200]
    order = server.api.get("/api/v1/orders/A1").json()
    assert (order["status"], order["customer"]["name"]) == ("picked_up", "Maria Huber")
    assert order["driverId"] == driver_id


def answer_of(server: LiveServer, words: list[str]) -> httpx.Response:
    """What a curl command would get."""
    method, body, url = "GET", None, ""
    headers = {}
    rest = iter(words[1:])
    for word in rest:
        match word:
            case "-X":
                method = next(rest)
            case "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value.replace("$KEY", server.keys["dispatcher"])
            case "-d":
                body = next(rest)
            case _:
                url = word.replace("https://track.example.com", server.url)
    return httpx.request(method, url, headers=headers, content=body)


# Python


@marked("python")
def test_python_examples_run_as_they_stand(
    block: Block, server: LiveServer, tmp_path: Path
) -> None:
    made = server.driver()
    order = server.order(made["id"])
    script = tmp_path / "example.py"
    script.write_text(filled(block.text, server, made, order))
    with subprocess.Popen(
        [sys.executable, "-u", str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None
        said = ""
        if PLACEHOLDER.format("TRACKING") in block.text:
            said += process.stdout.readline()
            assert said == "snapshot assigned\n"
            server.update(order["id"], "delivered")
        said += process.communicate(timeout=30)[0]
        assert process.returncode == 0, said
    if "send(" in block.text:
        assert server.driver_positions(made["id"])
    if '"delivered"' in block.text:
        assert server.events(order["id"])[-1]["status"] == "delivered" or said


def filled(text: str, server: LiveServer, made: dict[str, Any], order: dict[str, Any]) -> str:
    """The text with the placeholders of documents replaced."""
    text = text.replace("http://127.0.0.1:8080", server.url)
    text = text.replace("ws://127.0.0.1:8080", server.ws)
    text = text.replace(PLACEHOLDER.format("DRIVER"), made["token"])
    text = text.replace(PLACEHOLDER.format("TRACKING"), order["trackingToken"])
    return text.replace('"A1"', json.dumps(order["id"]))


# messages


@marked("json driver")
def test_messages_of_drivers_are_taken_as_they_stand(block: Block) -> None:
    message = driver.decode(block.text.encode())
    if isinstance(message, driver.Locations):
        assert message.points
        assert not message.refusals


@marked("json viewer")
def test_messages_of_viewers_are_taken_as_they_stand(block: Block) -> None:
    assert isinstance(viewer.decode(block.text.encode()), get_args(viewer.ViewerMessage))


@marked("json to-driver", "json to-viewer")
def test_messages_of_the_server_are_such_as_it_sends(block: Block) -> None:
    union: Any = messages.ToDriver if block.info.endswith("driver") else messages.ToViewer
    message = msgspec.json.decode(block.text, type=union)
    again = json.loads(messages.encode(message))
    # Encoding again gives the same fields: none is unknown, and none is missing.
    assert again == json.loads(block.text)


def test_messages_of_the_drivers_guide_get_the_answers_that_it_promises(
    server: LiveServer,
) -> None:
    made = server.driver()
    order = server.order(made["id"])
    texts = [filled(b.text, server, made, order) for b in BLOCKS if b.info == "json driver"]
    auth = [text for text in texts if json.loads(text).get("type") == "auth"]
    assert len(auth) == 1
    with connect(f"{server.ws}/ws/driver", proxy=None) as phone:
        phone.send(auth[0])
        welcome = hear(phone)
        assert (welcome["type"], welcome["driverId"]) == ("welcome", made["id"])
        for text in texts:
            sent = json.loads(text)
            if sent.get("type") == "auth":
                continue
            phone.send(text)
            ids = [p["id"] for p in sent.get("locations", [sent]) if "id" in p]
            answer = hear(phone)
            while answer["type"] == "status_update":
                answer = hear(phone)
            assert (answer["type"], answer["ids"]) == ("ack", ids), (text, answer)
            assert answer["count"] == len(sent.get("locations", [sent]))
    assert server.api.get(f"/api/v1/drivers/{made['id']}").json()["onDuty"] is False


def hear(socket: ClientConnection) -> dict[str, Any]:
    """The next message."""
    message: dict[str, Any] = json.loads(socket.recv(15))
    return message


def test_messages_of_the_viewers_guide_get_the_answers_that_it_promises(
    server: LiveServer,
) -> None:
    made = server.driver()
    order = server.order(made["id"])
    found = [filled(b.text, server, made, order) for b in BLOCKS if b.info == "json viewer"]
    texts = {json.loads(text)["type"]: text for text in found}
    with connect(f"{server.ws}/ws/client/{order['id']}", proxy=None) as page:
        page.send(texts["auth"])
        assert hear(page)["type"] == "snapshot"
        page.send(texts["resume"])
        again = hear(page)
        # The epoch of the guide is not that of this server.
        assert (again["type"], again["recovered"]) == ("snapshot", False)
    with connect(f"{server.ws}/ws/client", proxy=None) as page:
        page.send(texts["subscribe"])
        assert hear(page)["orderId"] == order["id"]
        page.send(texts["unsubscribe"])
        page.send('{"type": "ping"}')
        assert hear(page)["type"] == "pong"


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_guides_name_no_setting_and_no_address_that_is_not_there(
    path: Path, server: LiveServer
) -> None:
    text = path.read_text()
    settings = (ROOT / "docs" / "settings.md").read_text()
    for name in re.findall(r"ONTHEWAY_[A-Z_]*[A-Z]", text):
        assert f"`{name}`" in settings, name
    paths = server.api.get("/api/openapi.json").json()["paths"]
    known = {re.sub(r"\{.*?\}", "{}", each) for each in paths}
    for call in re.findall(r"`(?:GET|POST|PATCH|DELETE) (/api/v1[^`?]*)`", text):
        assert re.sub(r"\{.*?\}", "{}", call) in known, call
