"""The benchmark on the terminal: ``python -m tests.bench_eta [FOLDER]``."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from app.domain.eta import Calibration
from tests.bench_eta.figures import STAGES, WHOLE, Figures, stages
from tests.bench_eta.foretell import baseline, cross_validated, product
from tests.bench_eta.trips import Trip, read_trips

DEFAULT_FOLDER: Final = Path(__file__).parents[2].parent / "shared" / "data" / "traces"
UNINFORMED: Final = Calibration(detour=1.3, dwell=60.0)
"""What the baseline supposes: for who doubts the defaults."""

BASELINE: Final = "baseline"
HEAD: Final = ("", "mean error", "of what was left", "all predictions", "bias")
STAGE_HEAD: Final = ("stage", "who", "mean error", "bias", "in the window", "nine of ten", "width")


def main() -> None:
    """Read the trips, foretell them in each way, print the tables."""
    folder = Path(sys.argv[1]).expanduser() if len(sys.argv) > 1 else DEFAULT_FOLDER
    trips, refused = read_trips(folder) if folder.is_dir() else ([], [])
    for line in refused:
        sys.stdout.write(f"Left out: {line}\n")
    if len(trips) < 2:
        sys.exit(
            f"No two recorded trips (GPX files) at {folder}; name a folder with TRACES=FOLDER."
        )
    sys.stdout.write(report(trips))


def report(trips: Sequence[Trip]) -> str:
    """All tables as text."""
    ways = {
        BASELINE: baseline,
        "cold": product,
        "learned": cross_validated(trips),
        "learned from 1.3 and 60 s": cross_validated(trips, UNINFORMED),
    }
    found = {name: stages(trips, way) for name, way in ways.items()}
    base = found[BASELINE][WHOLE]
    rows: list[tuple[str, ...]] = [
        HEAD,
        *(overall(name, parts[WHOLE], base) for name, parts in found.items()),
    ]
    by_stage: list[tuple[str, ...]] = [STAGE_HEAD]
    for stage in (WHOLE, *STAGES):
        for name in ways:
            if name != BASELINE:
                by_stage.append(of_stage(stage, name, found[name][stage]))
    return (
        f"{len(trips)} trips, {base.predictions} predictions, one every 15 seconds.\n\n"
        + table(rows)
        + "\n"
        + table(by_stage)
    )


def overall(name: str, whole: Figures, base: Figures) -> tuple[str, ...]:
    """One way's errors; in brackets times those of the baseline."""
    return (
        name,
        f"{minutes(whole.error)} ({whole.error / base.error:.2f})",
        f"{whole.share:.1%} ({whole.share / base.share:.2f})",
        f"{minutes(whole.pooled)} ({whole.pooled / base.pooled:.2f})",
        f"{whole.bias / 60:+.1f} min",
    )


def of_stage(stage: str, name: str, part: Figures) -> tuple[str, ...]:
    """One way's figures in one stage."""
    return (
        stage,
        name,
        minutes(part.error),
        f"{part.bias / 60:+.1f} min",
        f"{part.shown:.0%}" + ("" if part.said == 1 else f" ({part.said:.0%} have one)"),
        "{:.0%} to {:.0%}".format(*part.doubt),
        minutes(part.width),
    )


def minutes(seconds: float) -> str:
    """ "9.9 min"."""
    return f"{seconds / 60:.1f} min"


def table(rows: Sequence[Sequence[str]]) -> str:
    """The rows as a Markdown table, its first row the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [" | ".join(map(str.ljust, row, widths)) for row in rows]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "".join(f"| {line} |\n" for line in lines)


if __name__ == "__main__":
    main()
