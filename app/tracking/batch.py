"""The same deed for many things: some at a time, each refusal named, stopped between two."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from app.domain.errors import OnthewayError

AT_ONCE: Final = 25
"""Deeds under way together: they share syncs, and leave the writer room for positions."""

BROKEN: Final = "Something went wrong here; please look whether it was done."

T = TypeVar("T")


@dataclass(slots=True)
class Tally(Generic[T]):
    """How far it came: what is done, and what was refused with its reason.

    ``changed`` are those of the refused that somebody changed meanwhile (``conflict``). ``error``
    is what ended it early, if anything did; its item counts as refused.
    """

    total: int
    done: list[T] = field(default_factory=list)
    refused: list[tuple[T, str]] = field(default_factory=list)
    changed: list[T] = field(default_factory=list)
    error: Exception | None = None

    @property
    def count(self) -> int:
        """How many were tried."""
        return len(self.done) + len(self.refused)


async def carry_out(
    items: Sequence[T],
    deed: Callable[[T], Awaitable[Any]],
    told: Callable[[Tally[T]], object],
    goes_on: Callable[[], bool],
) -> Tally[T]:
    """Do ``deed`` for each of ``items``, in order, while ``goes_on`` says so.

    ``told`` hears after each group how far it is. A refusal (`OnthewayError`) is of its item
    alone; after any other error the rest is not tried.
    """
    tally: Tally[T] = Tally(len(items))
    for begin in range(0, len(items), AT_ONCE):
        if not goes_on():
            break
        group = items[begin : begin + AT_ONCE]
        errors = await asyncio.gather(*(_error_of(deed, item) for item in group))
        for item, error in zip(group, errors, strict=True):
            if error is None:
                tally.done.append(item)
            elif isinstance(error, OnthewayError):
                tally.refused.append((item, error.message))
                if error.code == "conflict":
                    tally.changed.append(item)
            else:
                tally.refused.append((item, BROKEN))
                tally.error = tally.error or error
        told(tally)
        if tally.error is not None:
            break
    return tally


async def _error_of(deed: Callable[[T], Awaitable[Any]], item: T) -> Exception | None:
    """What went wrong, so that the others of its group come to their own end."""
    try:
        await deed(item)
    except Exception as error:
        return error
    return None
