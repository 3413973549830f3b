"""The Markdown table of all figures. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.bench.figures import Goal, Summary, ratio, reached, verdict

OWN: Final = "ontheway"
HEAD: Final = ("what", "figure", "Ontheway", "beside it", "compared with", "goal", "verdict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One workload's figures by contender; None where no run counted."""

    title: str
    unit: str
    goals: Sequence[Goal]
    summaries: Mapping[str, Summary | None]
    titles: Mapping[str, str]
    """How contenders are called."""


def table(rows: Sequence[Row]) -> str:
    """The whole table."""
    lines = [HEAD, ("---",) * len(HEAD), *map(_cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    own = row.summaries.get(OWN)
    others = [name for name in row.summaries if name != OWN]
    beside = [f"{name} {number(value)}" for name, value in own.beside.items()] if own else []
    verdicts = [verdict(goal, reached(goal, row.summaries, OWN)) for goal in row.goals]
    return (
        row.title,
        row.unit,
        spread(own),
        "; ".join(beside) or "-",
        "; ".join(_other(row, name) for name in others) or "-",
        "; ".join(_goal(goal, row.titles) for goal in row.goals) or "-",
        "; ".join(verdicts) or "-",
    )


def _other(row: Row, name: str) -> str:
    times = ratio(row.summaries.get(OWN), row.summaries[name])
    shown = "" if times is None else f", ratio {times:.2f}"
    return f"{row.titles[name]} {spread(row.summaries[name])}{shown}"


def _goal(goal: Goal, titles: Mapping[str, str]) -> str:
    sign = "≥" if goal.at_least else "≤"
    text = f"{sign} {number(goal.limit)}"
    if goal.peer is not None:
        text += f" times {titles[goal.peer]}"
    return text if goal.stretch is None else f"{text} (stretch {number(goal.stretch)})"


def spread(summary: Summary | None) -> str:
    """The median, and from the least to the most."""
    if summary is None:
        return "no run counted"
    if summary.runs == 1:
        return number(summary.middle)
    return f"{number(summary.middle)} ({number(summary.least)} to {number(summary.most)})"


def number(value: float) -> str:
    """Three digits are all that such a figure has to say."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
