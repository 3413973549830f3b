"""The port `Proofs` on SQLite, their pictures in files."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO

import structlog
from sqlmodel import col, func, select

from app.domain.access import Actor
from app.domain.errors import OnthewayError, not_found, unavailable
from app.domain.order import Status
from app.domain.proof import MOST_PROOFS, Proof, check_proof
from app.storage.order_writes import find_order
from app.storage.proof_files import ProofFiles
from app.storage.readers import Readers
from app.storage.rows import order_of, proof_of, stored
from app.storage.tables import DriverRow, OrderRow, ProofRow
from app.storage.transaction import Tx
from app.storage.writer import Writer
from app.tracking.records import NewProof, Order, ProofRecord, Proved

os.environ["JPEGMEM"] = "100M"
"""What the library of JPEG may keep of one picture, of its own account: pieces that come in many
rounds are kept until the last, and a small file can claim to have any number of them."""

_log = structlog.get_logger("proof")


class SqlProofs:
    """What shows that orders arrived."""

    def __init__(self, writer: Writer, readers: Readers, files: ProofFiles) -> None:
        self._writer = writer
        self._readers = readers
        self._files = files
        # One thread: a picture may need 160 MB, and a thread keeps some of that for its next.
        self._unfolding = ThreadPoolExecutor(1, "pictures")

    async def known(self, driver_num: int, order_id: str, name: str) -> ProofRecord | None:
        """The proof of this order that this driver gave under this name before (see the port)."""
        wanted = col(ProofRow.driver_num) == driver_num, col(ProofRow.name) == name
        statement = (
            select(ProofRow, DriverRow.id, OrderRow.id)
            .join(DriverRow, col(ProofRow.driver_num) == col(DriverRow.num))
            .join(OrderRow, col(ProofRow.order_num) == col(OrderRow.num))
            .where(*wanted)
        )
        found = await self._readers.read(
            lambda session: [
                (proof_of(row, driver), order) for row, driver, order in session.exec(statement)
            ]
        )
        for proof, its_order in found:
            _check_same(its_order, order_id)
            return proof
        return None

    def incoming(self) -> IO[bytes]:
        """An empty file for a picture on its way (see the port)."""
        return self._files.incoming()

    async def add(
        self,
        order_id: str,
        new: NewProof,
        picture: IO[bytes] | None,
        actor: Actor,
        now: int,
        then: Callable[[Proved], None],
    ) -> Proved:
        """Keep proof of a driver's own order (see the port).

        Whoever asked may be gone meanwhile: a picture is never left without its row, and its
        file stays open as long as it is read.
        """
        keeping = asyncio.create_task(self._add(order_id, new, picture, actor, now, then))
        try:
            return await asyncio.shield(keeping)
        except asyncio.CancelledError:
            await asyncio.wait([keeping])
            raise

    async def _add(
        self,
        order_id: str,
        new: NewProof,
        picture: IO[bytes] | None,
        actor: Actor,
        now: int,
        then: Callable[[Proved], None],
    ) -> Proved:
        file = media_type = None
        if picture is not None:
            file, media_type = await self._keep(new.kind, picture, now)
        try:
            proved = await self._writer.write(
                lambda tx: _add(tx, order_id, new, file, media_type, actor, now), then
            )
        except Exception:
            await self._drop(file)
            raise
        if proved.repeat:
            await self._drop(file)
        return proved

    async def of_order(self, order_num: int) -> list[ProofRecord]:
        """All of an order, oldest first."""
        statement = (
            select(ProofRow, DriverRow.id)
            .join(DriverRow)
            .where(col(ProofRow.order_num) == order_num)
            .order_by(col(ProofRow.num))
        )
        return await self._readers.read(
            lambda session: [proof_of(row, driver) for row, driver in session.exec(statement)]
        )

    async def picture(self, proof: ProofRecord) -> bytes:
        """The picture of a proof; ``not_found`` when it has none, or none any more."""
        body = None
        if proof.file is not None:
            body = await asyncio.to_thread(self._files.read, proof.file)
        if body is None:
            raise not_found("picture")
        return body

    async def forget(self, end: int, most: int) -> int:
        """Delete the oldest pictures, stored before ``end``, at most so many; how many."""
        statement = (
            select(ProofRow.num, ProofRow.file)
            .where(col(ProofRow.file).is_not(None), col(ProofRow.stored_at) < end)
            .order_by(col(ProofRow.stored_at))
            .limit(most)
        )
        found = await self._readers.read(lambda session: session.exec(statement).all())
        for _, file in found:
            await self._drop(file)
        nums = [num for num, _ in found]
        if nums:
            await self._writer.write(lambda tx: _forget(tx, nums))
        else:
            await asyncio.to_thread(self._files.remove_days, end)
        return len(nums)

    def close(self) -> None:
        """Begin no picture any more."""
        self._unfolding.shutdown(wait=False, cancel_futures=True)

    async def _keep(self, kind: Proof, picture: IO[bytes], now: int) -> tuple[str, str]:
        loop = asyncio.get_running_loop()
        remaking = loop.run_in_executor(self._unfolding, _remade, kind, picture)
        body, media_type, ending = await remaking
        try:
            return await asyncio.to_thread(self._files.keep, body, ending, now), media_type
        except OSError as error:
            _log.error("picture not stored", error=str(error))
            raise unavailable() from error

    async def _drop(self, file: str | None) -> None:
        if file is not None:
            with suppress(OSError):  # it goes with its day
                await asyncio.to_thread(self._files.remove, file)


def _remade(kind: Proof, picture: IO[bytes]) -> tuple[bytes, str, str]:
    """Pillow is imported by the first picture: no start waits for it."""
    from app.storage.pictures import remade  # noqa: PLC0415

    picture.seek(0)
    return remade(kind, picture)


def _add(
    tx: Tx,
    order_id: str,
    new: NewProof,
    file: str | None,
    media_type: str | None,
    actor: Actor,
    now: int,
) -> Proved:
    driver_num = stored(actor.num)
    before = _before(tx, driver_num, new.name)
    if before is not None:
        order = tx.session.get_one(OrderRow, before.order_num)
        _check_same(order.id, order_id)
        return Proved(proof=proof_of(before, actor.id), order=_order(tx, order), repeat=True)
    found = find_order(tx, order_id)
    if found is None or found.driver_num != driver_num:
        raise OnthewayError("unknown_order", f"You have no order {order_id}.", field="orderId")
    check_proof(Status(found.status), found.ended_at, now)
    count = select(func.count()).where(col(ProofRow.order_num) == found.num)
    if tx.session.exec(count).one() >= MOST_PROOFS:
        raise OnthewayError("conflict", f"An order has at most {MOST_PROOFS} pieces of proof.")
    row = ProofRow(
        order_num=stored(found.num),
        driver_num=driver_num,
        id=new.id,
        kind=new.kind.value,
        name=new.name,
        at=new.at,
        stored_at=now,
        metres=new.metres,
        file=file,
        media_type=media_type,
    )
    tx.session.add(row)
    return Proved(proof=proof_of(row, actor.id), order=_order(tx, found), repeat=False)


def _before(tx: Tx, driver_num: int, name: str | None) -> ProofRow | None:
    if name is None:
        return None
    wanted = col(ProofRow.driver_num) == driver_num, col(ProofRow.name) == name
    return tx.session.exec(select(ProofRow).where(*wanted)).first()


def _check_same(its_order: str, order_id: str) -> None:
    if its_order != order_id:
        raise OnthewayError("conflict", "Proof of another order has this id.", field="id")


def _order(tx: Tx, row: OrderRow) -> Order:
    driver = tx.session.get_one(DriverRow, row.driver_num).id if row.driver_num else None
    return order_of(row, driver)


def _forget(tx: Tx, nums: list[int | None]) -> None:
    marks = ", ".join("?" * len(nums))
    tx.cursor.execute(
        f"UPDATE proofs SET file = NULL, media_type = NULL WHERE num IN ({marks})", nums
    )
