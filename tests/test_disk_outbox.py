"""An outbox in a file: whatever ends the program, what waited waits again."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.client import DriverConnection
from app.disk_outbox import TIDY_FROM, DiskOutbox, OutboxInUse
from app.outbox import Outbox
from tests.conftest import ROOT
from tests.stand_in import TOKEN, standing_in

KILLED = """
import os, signal, sys
from app.disk_outbox import DiskOutbox
outbox = DiskOutbox(sys.argv[1])
for n in range(100):
    outbox.add(f"p-{n}", b'{"id":"p-%d","lat":48.0,"lng":11.5}' % n, alone=False)
os.kill(os.getpid(), signal.SIGKILL)
"""


def waiting(outbox: Outbox) -> list[tuple[str, bytes, bool]]:
    """What it would send, in its order; it is under way then."""
    found = []
    while batch := outbox.take(10_000):
        found += [(message.id, message.text, message.alone) for message in batch]
        for message in batch:
            Outbox.answered(outbox, message.id)  # in memory alone
    return found


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """The file of a program that was killed."""
    path = tmp_path / "queue.jsonl"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    return path


async def test_what_a_killed_program_had_to_say_is_sent_by_the_next(left: Path) -> None:
    async with standing_in() as server:
        with DiskOutbox(left) as outbox:
            assert len(outbox) == 100
            async with DriverConnection(server.url, TOKEN, outbox=outbox) as driver:
                await driver.send(48.5, 11.5, id="new")
        assert list(server.stored) == [*(f"p-{n}" for n in range(100)), "new"]
    with DiskOutbox(left) as outbox:
        assert len(outbox) == 0


def test_what_was_answered_or_torn_does_not_come_again(tmp_path: Path) -> None:
    path = tmp_path / "queue.jsonl"
    with DiskOutbox(path, durable=True) as outbox:
        for name in ("a", "b", "c"):
            outbox.add(name, name.encode(), alone=name == "b")
        assert [message.id for message in outbox.take(1_000)] == ["a"]
        outbox.answered("a")
    with path.open("ab") as file:
        file.write(b'{"id":"torn","te')
    with DiskOutbox(path) as outbox:
        outbox.add("d", b"d", alone=False)
    with DiskOutbox(path) as outbox:
        assert waiting(outbox) == [("b", b"b", True), ("c", b"c", False), ("d", b"d", False)]


def test_a_file_that_is_never_quite_answered_does_not_grow_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "queue.jsonl"
    text = b'{"text":"%s"}' % (b"x" * 10_000)
    with DiskOutbox(path) as outbox:
        outbox.add("p-0", text, alone=True)
        for n in range(500):
            outbox.add(f"p-{n + 1}", text, alone=True)
            assert [message.id for message in outbox.take(1)] == [f"p-{n}"]
            outbox.answered(f"p-{n}")
        assert path.stat().st_size < 2 * TIDY_FROM
        with pytest.raises(OutboxInUse):
            DiskOutbox(path)
    with DiskOutbox(path) as outbox:
        assert waiting(outbox) == [("p-500", text, True)]
    assert [file.name for file in tmp_path.iterdir()] == ["queue.jsonl"]


def test_one_program_at_a_time_uses_a_file(tmp_path: Path) -> None:
    path = tmp_path / "queue.jsonl"
    with DiskOutbox(path), pytest.raises(OutboxInUse, match=r"queue\.jsonl"):
        DiskOutbox(path)
    DiskOutbox(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_message_that_the_disk_has_no_room_for_is_an_error_and_spoils_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "queue.jsonl"
    with DiskOutbox(path) as outbox:
        outbox.add("a", b"a", alone=False)
        write = os.write
        monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:7]))
        with pytest.raises(OSError, match="full"):
            outbox.add("b", b"b", alone=False)
        assert len(outbox) == 1
        monkeypatch.undo()
        outbox.add("c", b"c", alone=False)
    with DiskOutbox(path) as outbox:
        assert [name for name, *_ in waiting(outbox)] == ["a", "c"]


Step = st.tuples(st.sampled_from(["add", "answer", "open"]), st.integers(0, 9))


@settings(max_examples=60, deadline=None)
@given(st.lists(Step, max_size=30))
def test_it_holds_what_one_in_memory_holds(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    path = tmp_path_factory.mktemp("outbox") / "queue.jsonl"
    plain, kept = Outbox(), DiskOutbox(path)
    for act, number in steps:
        name = f"m-{number}"
        text = json.dumps({"n": number, "größe": "ü"}, ensure_ascii=False).encode()
        if act == "open":
            kept.close()
            kept = DiskOutbox(path)
            plain.again(plain.under_way())
            continue
        for outbox in (plain, kept):
            if act == "add":
                outbox.add(name, text, alone=number % 3 == 0)
            else:
                outbox.take(200)
                outbox.answered(name)
    plain.again(plain.under_way())
    kept.again(kept.under_way())
    kept.close()
    with DiskOutbox(path) as last:
        assert waiting(last) == waiting(plain)
