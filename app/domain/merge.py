"""Two people change the same thing at once: what becomes of it, part by part."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Merged(Generic[T]):
    """What both together made of it.

    ``values`` are all parts, of a clash mine; ``taken`` are the parts that only the other changed;
    ``clashes`` those that both changed, each to something else.
    """

    values: dict[str, T]
    taken: frozenset[str]
    clashes: frozenset[str]


def merge(
    base: Mapping[str, T],
    mine: Mapping[str, T],
    theirs: Mapping[str, T],
    touched: Collection[str] = (),
) -> Merged[T]:
    """Merge what two made of ``base``; all three have the same parts.

    ``touched`` are parts that count as changed by me even where mine is what it was.
    """
    values: dict[str, T] = {}
    taken, clashes = set(), set()
    for part, before in base.items():
        values[part] = mine[part]
        if theirs[part] in (before, mine[part]):
            continue
        if mine[part] == before and part not in touched:
            values[part] = theirs[part]
            taken.add(part)
        else:
            clashes.add(part)
    return Merged(values, frozenset(taken), frozenset(clashes))
