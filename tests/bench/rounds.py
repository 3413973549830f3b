"""Rounds: all contenders of a workload in turn, again and again, so that drift hits all alike."""

import sys
from http.client import HTTPException
from subprocess import SubprocessError

from tests.bench.figures import Figure, summary
from tests.bench.programs import Unusable
from tests.bench.table import Row, number
from tests.bench.workload import Bench, Measure, Workload


def say(text: str) -> None:
    """Tell how it goes, apart from the table."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def play(bench: Bench, workload: Workload, notes: list[str]) -> Row:
    """All rounds of one workload; what did not count is noted."""
    contenders = workload.contenders(bench)
    figures: dict[str, list[Figure]] = {name: [] for name in contenders}
    for turn in range(1, bench.sizes.rounds + 1):
        for name, measure in contenders.items():
            where = f"{workload.name}, round {turn}, {name}"
            figure = _measured(where, measure, notes)
            if figure is not None:
                figures[name].append(figure)
    return Row(
        title=workload.title,
        unit=workload.unit,
        goals=workload.goals,
        summaries={name: summary(found) for name, found in figures.items()},
        titles=bench.titles,
    )


def _measured(where: str, measure: Measure, notes: list[str]) -> Figure | None:
    try:
        figure = measure()
    except (Unusable, OSError, HTTPException, SubprocessError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        notes.append(f"Not counted: {where}: {reason}.")
        say(notes[-1])
        return None
    beside = "".join(f", {name} {number(value)}" for name, value in figure.beside.items())
    say(f"{where}: {number(figure.value)}{beside}")
    return figure
