"""`ontheway replay` on the terminal: a progress bar for each track, and what became of it."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.client import DriverRefused, NotDelivered
from app.launch import run
from app.simulator.replay import FileSummary, replay
from app.simulator.tracks import TrackError


class PlaybackFailed(Exception):
    """Nothing, or not everything, was played; the text says why."""


def play(files: list[Path], order_id: str, url: str, token: str, speed: float, now: bool) -> int:
    """Play the files; returns how many points were refused. Raises `PlaybackFailed`."""
    console = Console(stderr=True)
    try:
        summaries = run(_play(console, files, order_id, url, token, speed, now))
    except (DriverRefused, NotDelivered) as error:
        raise PlaybackFailed(f"{url}: {error}") from None
    except (TrackError, ValueError) as error:
        raise PlaybackFailed(str(error)) from None
    for summary in summaries:
        console.print(_sentence(summary), markup=False, highlight=False)
    return sum(summary.rejected for summary in summaries)


async def _play(
    console: Console,
    files: list[Path],
    order_id: str,
    url: str,
    token: str,
    speed: float,
    now: bool,
) -> list[FileSummary]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bars = {path: progress.add_task(path.name, total=None) for path in files}

        def show(path: Path, done: int, total: int) -> None:
            progress.update(bars[path], completed=done, total=total)

        return await replay(
            files,
            url=url,
            token=token,
            order_id=order_id,
            speed=speed or None,
            now=now,
            progress=show,
        )


def _sentence(summary: FileSummary) -> str:
    text = (
        f"{summary.path.name}: {summary.points} points, {summary.distinct} distinct,"
        f" {summary.acked} stored"
    )
    if summary.rejected:
        reasons = ", ".join(f"{count} {code}" for code, count in summary.reasons.items())
        text += f", {summary.rejected} refused ({reasons})"
    return text + "."
