"""The same deed for many things: some at a time, each refusal named, stopped between two."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from app.domain.errors import OnthewayError

AT_ONCE: Final = 25
"""Deeds under way together: they share syncs, and leave the writer room for positions."""

T = TypeVar("T")


@dataclass(slots=True)
class Tally(Generic[T]):
    """How far it came: what is done, and what was refused with its reason."""

    total: int
    done: list[T] = field(default_factory=list)
    refused: list[tuple[T, str]] = field(default_factory=list)

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
    alone; any other error ends it all.
    """
    tally: Tally[T] = Tally(len(items))
    for begin in range(0, len(items), AT_ONCE):
        if not goes_on():
            break
        group = items[begin : begin + AT_ONCE]
        reasons = await asyncio.gather(*(_refusal(deed, item) for item in group))
        for item, reason in zip(group, reasons, strict=True):
            if reason is None:
                tally.done.append(item)
            else:
                tally.refused.append((item, reason))
        told(tally)
    return tally


async def _refusal(deed: Callable[[T], Awaitable[Any]], item: T) -> str | None:
    try:
        await deed(item)
    except OnthewayError as error:
        return error.message
    return None
