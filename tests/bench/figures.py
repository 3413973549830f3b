"""Figures and goals: medians, ratios, and whether a goal was met. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """What one run says; ``beside`` are figures that help to judge it, by name with unit."""

    value: float
    beside: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summary:
    """The runs of one contender."""

    middle: float
    least: float
    most: float
    runs: int
    beside: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A limit for the figure, or for its ratio to ``peer``; ``stretch`` is what we hope for."""

    limit: float
    stretch: float | None = None
    peer: str | None = None
    at_least: bool = False


def summary(figures: Sequence[Figure]) -> Summary | None:
    """Median, least and most; None without a run that counts."""
    if not figures:
        return None
    values = [figure.value for figure in figures]
    beside = {name: median(figure.beside[name] for figure in figures) for name in figures[0].beside}
    return Summary(median(values), min(values), max(values), len(values), beside)


def ratio(own: Summary | None, other: Summary | None) -> float | None:
    """Our median over theirs."""
    if own is None or other is None or other.middle == 0:
        return None
    return own.middle / other.middle


def reached(goal: Goal, summaries: Mapping[str, Summary | None], own: str) -> float | None:
    """The number that the goal is about; None when it was not measured."""
    mine = summaries.get(own)
    if mine is None:
        return None
    return mine.middle if goal.peer is None else ratio(mine, summaries.get(goal.peer))


def verdict(goal: Goal, number: float | None) -> str:
    """In plain words."""
    if number is None:
        return "not measured"
    if _within(number, goal.limit, goal.at_least):
        stretched = goal.stretch is not None and _within(number, goal.stretch, goal.at_least)
        return "met, and the stretch too" if stretched else "met"
    return "not met"


def _within(number: float, limit: float, at_least: bool) -> bool:
    return number >= limit if at_least else number <= limit
