"""Opening: what is made, what is refused and left as it was, what a crash leaves."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlmodel import SQLModel

from app.storage.connect import connect_writer
from app.storage.opening import FILE_NAME, MIGRATIONS, revisions
from app.storage.readers import LAST, give_way
from app.storage.store import SqlStore, StoreRefused, open_store
from tests.fresh import furnish
from tests.storage.town import book, hire, moment, point, reopened, send

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def store(data_dir: Path) -> AsyncIterator[SqlStore]:
    """An empty store that took every step by itself."""
    opened = await open_store(data_dir)
    yield opened
    await opened.close()


async def test_the_folder_and_the_file_are_for_their_owner_alone(data_dir: Path) -> None:
    store = await open_store(data_dir / "below" / "50% off ?#")
    await hire(store)
    folder = data_dir / "below" / "50% off ?#"
    modes = {path.name: path.stat().st_mode & 0o777 for path in [folder, *folder.iterdir()]}
    assert modes.pop(folder.name) == 0o700
    assert modes.keys() >= {FILE_NAME, f"{FILE_NAME}-wal"}
    assert set(modes.values()) == {0o600}
    await store.close()


async def test_the_epoch_stays_with_the_database(store: SqlStore, data_dir: Path) -> None:
    other = await open_store(data_dir / "other")
    await other.close()
    assert len(store.epoch) >= 16
    assert store.epoch != other.epoch
    async with reopened(store, data_dir) as again:
        assert again.epoch == store.epoch


async def test_what_other_tests_begin_with_is_like_what_the_steps_make(
    store: SqlStore, data_dir: Path
) -> None:
    stores = {data_dir: store}
    for folder in (data_dir / "first", data_dir / "second"):
        furnish(folder)
        stores[folder] = await open_store(folder)
        await stores[folder].close()
    assert len({each.epoch for each in stores.values()}) == len(stores)
    dumps = [_dump(folder).replace(each.epoch, "") for folder, each in stores.items()]
    assert dumps[1:] == dumps[:1] * 2


def _dump(folder: Path) -> str:
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw:
        return "\n".join(raw.iterdump())


async def test_each_commit_is_synced(store: SqlStore, data_dir: Path) -> None:
    assert store.epoch
    raw = connect_writer(data_dir / FILE_NAME)
    pragmas = ("journal_mode", "synchronous", "foreign_keys")
    found = [raw.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
    raw.close()
    assert found == ["wal", 2, 1]


def test_files_of_the_steps_are_named_by_their_revisions() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert revisions() == [step.revision for step in script.walk_revisions()][::-1]
    assert script.get_heads() == [revisions()[-1]]


# Indexes of expressions cannot be reflected; below all are compared by their SQL.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection", "ignore:autogenerate skipping")
async def test_the_steps_make_the_tables_that_the_code_expects(
    store: SqlStore, data_dir: Path
) -> None:
    engine = create_engine(f"sqlite:///{data_dir / FILE_NAME}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        indexes = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        migrated = {name: sql for name, sql in connection.exec_driver_sql(indexes)}
    engine.dispose()
    made = create_engine("sqlite://")
    SQLModel.metadata.create_all(made)
    with made.connect() as connection:
        assert {name: sql for name, sql in connection.exec_driver_sql(indexes)} == migrated
    made.dispose()
    assert store.epoch


async def test_no_read_of_positions_scans_or_sorts_them(store: SqlStore, data_dir: Path) -> None:
    ana = await hire(store)
    order = await book(store, "A1", ana)
    await send(store, ana, point(1, "a"), point(2, "b", "A1"), at=3)
    asked: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if "FROM positions" in statement:
            asked.append((statement, values))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        _, cursor = await store.positions.of_order(order.num, None, None, None, 1)
        await store.positions.of_order(order.num, moment(0), moment(9), cursor, 1)
        await store.positions.of_driver(ana.num, None, None, cursor, 1)
        await store.positions.newest_of_orders([order.num])
        await store.positions.newest_of_drivers([ana.num])
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert len(asked) == 8
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as raw:
        for statement, values in asked:
            plan = raw.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            assert [row[3].split(" USING ")[0] for row in plan] == ["SEARCH positions"], statement


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority for each thread")
def test_what_gives_way_is_one_thread_and_not_the_program() -> None:
    seen: list[int] = []

    def work() -> None:
        give_way()
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [LAST]
    assert os.getpriority(os.PRIO_PROCESS, 0) < LAST


@pytest.mark.parametrize(
    "content", [b"not a database at all", b"SQLite format 3\0" + b"\xff" * 5000, b"\0" * 4096]
)
async def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(StoreRefused, match="left as it is"):
        await open_store(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == content


async def test_a_damaged_page_in_the_middle_is_refused(data_dir: Path) -> None:
    store = await open_store(data_dir)
    ana = await hire(store)
    await send(store, ana, *(point(n, f"p{n}") for n in range(500)), at=600)
    await store.close()
    with sqlite3.connect(data_dir / FILE_NAME) as raw:
        query = "SELECT rootpage FROM sqlite_schema WHERE name = 'ix_positions_driver_at'"
        (page,) = raw.execute(query).fetchone()
    raw.close()
    content = bytearray((data_dir / FILE_NAME).read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    (data_dir / FILE_NAME).write_bytes(content)
    with pytest.raises(StoreRefused, match="damaged"):
        await open_store(data_dir)
    assert (data_dir / FILE_NAME).read_bytes() == content


async def test_a_newer_schema_is_refused_untouched(data_dir: Path) -> None:
    await (await open_store(data_dir)).close()
    with sqlite3.connect(data_dir / FILE_NAME) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    before = (data_dir / FILE_NAME).read_bytes()
    with pytest.raises(StoreRefused, match="newer version of Ontheway"):
        await open_store(data_dir)
    assert (data_dir / FILE_NAME).read_bytes() == before


async def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE_NAME) as raw:
        raw.execute("CREATE TABLE other (x)")
    raw.close()
    with pytest.raises(StoreRefused, match="another program"):
        await open_store(tmp_path)


async def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreRefused, match="cannot be used"):
            await open_store(folder)


CHILD = """
import asyncio, os, sys
from pathlib import Path
from app.storage.readers import LAST, give_way
from app.storage.store import StoreRefused, open_store
from tests.storage.town import arrive, hire, ignore, moment, point

async def record(folder):
    store = await open_store(folder)
    drivers = [await hire(store, f"d{n}") for n in range(3)]
    async def drive(driver):
        for n in range(100_000):
            name = f"{driver.id}-{n}"
            await arrive(store, driver, [point(n, name)], at=n, then=ignore)
            os.write(1, f"{name}\\n".encode())
    await asyncio.gather(*map(drive, drivers))

async def look(folder):
    os.chdir(folder)
    if os.geteuid() == 0:
        os.seteuid(65534)  # Root may write anywhere.
    try:
        await open_store(Path("."))
    except StoreRefused as error:
        print(error)

asyncio.run(globals()[sys.argv[1]](Path(sys.argv[2])))
"""


def test_what_was_acked_survives_a_kill(tmp_path: Path) -> None:
    """The killed process leaves its log behind; nothing that it reported may be missing."""
    for folder in (tmp_path / "first", tmp_path / "second"):
        _record_and_kill(folder)


def _record_and_kill(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, "record", str(folder)], stdout=subprocess.PIPE, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(100)]
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.readlines()
    acked = {line.decode().strip() for line in lines if line.endswith(b"\n")}
    assert len(acked) >= 100
    assert (folder / f"{FILE_NAME}-wal").exists()
    stored = asyncio.run(_stored(folder))
    assert len(stored) == len(set(stored))
    assert acked <= set(stored)


async def _stored(folder: Path) -> list[str | None]:
    store = await open_store(folder)
    found: list[str | None] = []
    for driver in await store.drivers.all():
        page, _ = await store.positions.of_driver(driver.num, None, None, None, 1_000_000)
        found += [position.id for position in page]
    await store.close()
    return found


def test_a_folder_of_somebody_else_is_refused_with_the_reason(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o555)
    folder.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, "look", str(folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert "is read-only for this user" in done.stdout, done.stderr
    assert list(folder.iterdir()) == []


MAKER = """
import os, sys
from pathlib import Path
from sqlalchemy import Engine, event
from app.storage.opening import prepare

left = int(sys.argv[2])

def count(*_args):
    global left
    left -= 1
    if left == 0:
        os._exit(9)

event.listen(Engine, "before_cursor_execute", count)
prepare(Path(sys.argv[1]))
"""


def test_making_the_tables_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """Ended hard at different statements, the next start always succeeds."""
    for statement in (4, 9, 30):
        folder = tmp_path / str(statement)
        done = subprocess.run(
            [sys.executable, "-c", MAKER, str(folder), str(statement)], cwd=ROOT, check=False
        )
        assert done.returncode == 9
        with sqlite3.connect(folder / FILE_NAME) as raw:
            names = {name for (name,) in raw.execute("SELECT name FROM sqlite_schema")}
        raw.close()
        assert names <= {"alembic_version", "sqlite_autoindex_alembic_version_1"}
        assert asyncio.run(_stored(folder)) == []
