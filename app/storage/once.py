"""Writes that happen once per idempotency key: the answer of the first is kept for a day."""

from collections.abc import Callable
from typing import Final, TypeVar

from app.domain.errors import OnthewayError
from app.domain.times import DAY
from app.storage.transaction import Tx
from app.tracking.records import DoneBefore, Once

PURGED_EACH: Final = 100

T = TypeVar("T")


def only_once(once: Once | None, now: int, work: Callable[[Tx], T]) -> Callable[[Tx], T]:
    """``work`` as it is, or wrapped so that it happens once, in the same transaction."""
    if once is None:
        return work

    def work_once(tx: Tx) -> T:
        _check(tx, once, now)
        result = work(tx)
        tx.cursor.execute(
            "INSERT OR REPLACE INTO kept_answers (holder, key, fingerprint, status, body, at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (once.holder, once.key, once.fingerprint, once.status, once.render(result), now),
        )
        forget_answers(tx, now - DAY, PURGED_EACH)
        return result

    return work_once


def _check(tx: Tx, once: Once, now: int) -> None:
    row = tx.cursor.execute(
        "SELECT fingerprint, status, body FROM kept_answers "
        "WHERE holder = ? AND key = ? AND at >= ?",
        (once.holder, once.key, now - DAY),
    ).fetchone()
    if row is None:
        return
    fingerprint, status, body = row
    if fingerprint != once.fingerprint:
        raise OnthewayError(
            "conflict", "This key came before, with another request.", field="Idempotency-Key"
        )
    raise DoneBefore(status, body)


def forget_answers(tx: Tx, end: int, most: int) -> int:
    """Delete answers from before ``end``, which must be a day ago, at most so many; how many."""
    return tx.cursor.execute(
        "DELETE FROM kept_answers WHERE rowid IN "
        "(SELECT rowid FROM kept_answers WHERE at < ? LIMIT ?)",
        (end, most),
    ).rowcount
