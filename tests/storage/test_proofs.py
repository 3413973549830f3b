"""Proof is kept with its picture in a private file, once, and for as long as is wanted."""

import asyncio
import os
import stat
import threading
from io import BytesIO
from pathlib import Path

import pytest

from app.domain.order import Status
from app.domain.proof import LATEST, MOST_PROOFS, Proof
from app.domain.times import DAY
from app.storage import proofs as stored_proofs
from app.storage.proof_files import IN_MEMORY, ProofFiles
from app.storage.store import SqlStore
from app.tracking.records import Driver, NewProof, Proved
from tests.storage.slow_files import slow_files, slow_reading
from tests.storage.test_pictures import in_scans, opened, photo, signature
from tests.storage.town import acting, book, hire, ignore, moment, refused, reopened, step


def new(name: str, kind: Proof = Proof.PHOTO, *, at: float = 1, his: str | None = None) -> NewProof:
    """Proof to be kept."""
    return NewProof(id=name, kind=kind, at=moment(at), metres=12.5, name=his)


async def prove(
    store: SqlStore,
    driver: Driver,
    proof: NewProof,
    picture: bytes | None = None,
    order_id: str = "A1",
    now: int = moment(2),
) -> Proved:
    """A driver gives proof."""
    file = None if picture is None else BytesIO(picture)
    return await store.proofs.add(order_id, proof, file, acting(driver), now, ignore)


def files(data_dir: Path) -> list[Path]:
    """All pictures."""
    return [path for path in (data_dir / "proof").rglob("*") if path.is_file()]


async def test_a_picture_is_kept_in_a_private_file_and_found_again(
    store: SqlStore, data_dir: Path
) -> None:
    ana = await hire(store)
    order = await book(store, driver=ana)
    proved = await prove(store, ana, new("p1"), photo())
    assert not proved.repeat
    (path,) = files(data_dir)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (path.parent, path.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    await prove(store, ana, new("p2", Proof.SIGNATURE), signature())
    await prove(store, ana, new("p3", Proof.CODE))
    async with reopened(store, data_dir) as again:
        photographed, signed, coded = await again.proofs.of_order(order.num)
        assert photographed == proved.proof
        assert (photographed.driver_id, photographed.at, photographed.metres) == (
            "ana",
            moment(1),
            12.5,
        )
        assert opened(await again.proofs.picture(photographed)).format == "JPEG"
        assert opened(await again.proofs.picture(signed)).format == "PNG"
        assert (coded.file, coded.media_type) == (None, None)
        with refused("not_found"):
            await again.proofs.picture(coded)


async def test_the_same_name_again_keeps_nothing(store: SqlStore, data_dir: Path) -> None:
    ana, ben = await hire(store), await hire(store, "ben")
    await book(store, driver=ana)
    await book(store, "B1", ben)
    first = await prove(store, ana, new("p1", his="n"), photo())
    again = await prove(store, ana, new("p2", his="n"), photo("PNG"))
    assert again.repeat
    assert again.proof == first.proof == await store.proofs.known(ana.num, "A1", "n")
    assert len(files(data_dir)) == 1
    other = await prove(store, ben, new("p3", his="n"), photo(), "B1")
    assert not other.repeat
    assert await store.proofs.known(ben.num, "B1", "m") is None


async def test_a_name_is_not_used_again_for_another_order(store: SqlStore, data_dir: Path) -> None:
    ana = await hire(store)
    await book(store, driver=ana)
    await book(store, "A2", ana)
    await prove(store, ana, new("p1", his="n"), photo())
    with refused("conflict", "id"):
        await store.proofs.known(ana.num, "A2", "n")
    with refused("conflict", "id"):
        await prove(store, ana, new("p2", his="n"), photo(), "A2")
    assert len(files(data_dir)) == 1


async def test_whoever_is_gone_meanwhile_leaves_no_picture_without_its_row(
    store: SqlStore, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await hire(store)
    order = await book(store, driver=ana)
    slow, given = slow_files(monkeypatch), BytesIO(photo())
    stored: asyncio.Future[Proved] = asyncio.get_running_loop().create_future()
    adding = asyncio.create_task(
        store.proofs.add("A1", new("p"), given, acting(ana), moment(2), stored.set_result)
    )
    await slow.there.wait()
    adding.cancel()
    slow.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await adding
    proof = (await asyncio.wait_for(stored, 10)).proof
    assert await store.proofs.of_order(order.num) == [proof]
    assert [str(path.relative_to(data_dir / "proof")) for path in files(data_dir)] == [proof.file]


async def test_a_picture_is_read_to_its_end_for_one_who_is_gone(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await hire(store)
    order = await book(store, driver=ana)
    slow = slow_reading(monkeypatch)

    async def give() -> None:
        with BytesIO(photo()) as picture:
            await store.proofs.add("A1", new("p"), picture, acting(ana), moment(2), ignore)

    giving = asyncio.create_task(give())
    await slow.there.wait()
    giving.cancel()
    await asyncio.wait([giving], timeout=0.01)
    slow.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await giving
    assert len(await store.proofs.of_order(order.num)) == 1


def test_a_large_picture_on_its_way_is_on_our_own_disk(tmp_path: Path) -> None:
    with ProofFiles(tmp_path).incoming() as small, ProofFiles(tmp_path).incoming() as large:
        small.write(b"x" * IN_MEMORY)
        assert not small._rolled  # type: ignore[attr-defined]
        large.write(b"x" * (IN_MEMORY + 1))
        assert large._rolled  # type: ignore[attr-defined]
        assert os.fstat(large.fileno()).st_dev == tmp_path.stat().st_dev
        assert stat.S_IMODE(os.fstat(large.fileno()).st_mode) == 0o600
    assert list(tmp_path.iterdir()) == []


async def test_a_start_removes_the_pictures_that_a_crash_left(
    store: SqlStore, data_dir: Path
) -> None:
    ana = await hire(store)
    order = await book(store, driver=ana)
    await prove(store, ana, new("p1"), photo(), now=moment(0))
    await prove(store, ana, new("p2"), photo(), now=moment(0) + DAY)
    mine = files(data_dir)
    orphans = [path.with_name("x" * 32 + ".jpg") for path in mine]
    for orphan in orphans:
        orphan.write_bytes(b"left by a crash")
    notes = mine[0].with_name("notes.txt")
    notes.write_bytes(b"of the administrator")
    async with reopened(store, data_dir) as again, asyncio.timeout(10):
        while any(orphan.exists() for orphan in orphans):
            await again.proofs.of_order(order.num)
    assert sorted(files(data_dir)) == sorted([*mine, notes])


async def test_only_the_order_s_own_driver_gives_proof(store: SqlStore, data_dir: Path) -> None:
    ana, ben = await hire(store), await hire(store, "ben")
    await book(store, driver=ana)
    for driver, order_id in ((ben, "A1"), (ana, "A2")):
        with refused("unknown_order", "orderId"):
            await prove(store, driver, new("p"), photo(), order_id)
    assert files(data_dir) == [], "what was refused leaves no picture"
    await step(store, "A1", Status.DELIVERED, 1)
    await prove(store, ana, new("p"), photo(), now=moment(1) + LATEST)
    with refused("illegal_step"):
        await prove(store, ana, new("q"), photo(), now=moment(1) + LATEST + 1)
    assert len(files(data_dir)) == 1


async def test_an_order_has_only_so_much_proof(store: SqlStore) -> None:
    ana = await hire(store)
    await book(store, driver=ana)
    for number in range(MOST_PROOFS):
        await prove(store, ana, new(f"p{number}", Proof.CODE))
    with refused("conflict"):
        await prove(store, ana, new("one more", Proof.CODE))


async def test_what_is_no_picture_is_not_kept(store: SqlStore, data_dir: Path) -> None:
    ana = await hire(store)
    order = await book(store, driver=ana)
    with refused("invalid_field", "file"):
        await prove(store, ana, new("p"), b"<script>")
    assert await store.proofs.of_order(order.num) == []
    assert files(data_dir) == []


async def test_a_jpeg_that_would_be_kept_whole_until_its_end_is_refused(store: SqlStore) -> None:
    ana = await hire(store)
    await book(store, driver=ana)
    await prove(store, ana, new("p"), in_scans(3_000, 2_000))
    with refused("invalid_field", "file"):
        await prove(store, ana, new("q"), in_scans(8_000, 6_000))


async def test_pictures_are_unfolded_one_after_the_other_in_one_thread(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await hire(store)
    await book(store, driver=ana)
    threads = []

    def remade(*_: object) -> tuple[bytes, str, str]:
        threads.append(threading.get_ident())
        threading.Event().wait(0.05)
        return b"a picture", "image/jpeg", "jpg"

    monkeypatch.setattr(stored_proofs, "_remade", remade)
    await asyncio.gather(*(prove(store, ana, new(f"p{n}"), photo()) for n in range(3)))
    assert len(threads) == 3
    assert len({*threads}) == 1


async def test_a_disk_that_keeps_no_file_keeps_no_proof(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await hire(store)
    order = await book(store, driver=ana)

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ProofFiles, "keep", full)
    with refused("unavailable"):
        await prove(store, ana, new("p"), photo())
    assert await store.proofs.of_order(order.num) == []


async def test_a_start_and_a_code_need_no_pillow(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await hire(store)
    await book(store, driver=ana)

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(stored_proofs, "_remade", never)
    await prove(store, ana, new("p", Proof.CODE))


async def test_old_pictures_are_deleted_and_what_nobody_names_with_their_day(
    store: SqlStore, data_dir: Path
) -> None:
    ana = await hire(store)
    order = await book(store, driver=ana)
    await prove(store, ana, new("old"), photo(), now=moment(0))
    await prove(store, ana, new("new"), photo(), now=moment(0) + 3 * DAY)
    old = min(files(data_dir), key=lambda path: path.parent.name)
    orphan = old.with_name("x" * 32 + ".jpg")
    orphan.write_bytes(b"left by a crash")
    end = moment(0) + 3 * DAY
    assert await store.proofs.forget(end, 10) == 1
    assert await store.proofs.forget(end, 10) == 0
    gone, kept = await store.proofs.of_order(order.num)
    assert (gone.file, gone.media_type, gone.metres) == (None, None, 12.5)
    assert kept.file is not None
    assert [str(path.relative_to(data_dir / "proof")) for path in files(data_dir)] == [kept.file]
    with refused("not_found"):
        await store.proofs.picture(gone)


@pytest.mark.parametrize("name", ["../../ontheway.db", "/etc/passwd", "2027-01-15/x.jpg", ""])
def test_no_other_file_is_ever_read_or_removed(tmp_path: Path, name: str) -> None:
    pictures = ProofFiles(tmp_path / "data")
    (tmp_path / "data" / "proof" / "2027-01-15").mkdir(parents=True)
    (tmp_path / "data" / "proof" / "2027-01-15" / "x.jpg").write_bytes(b"x")
    assert pictures.read(name) is None
    pictures.remove(name)
    assert files(tmp_path / "data")


def test_a_picture_that_is_gone_is_none(tmp_path: Path) -> None:
    pictures = ProofFiles(tmp_path)
    name = pictures.keep(b"body", "jpg", moment(0))
    assert pictures.read(name) == b"body"
    pictures.remove(name)
    assert pictures.read(name) is None
