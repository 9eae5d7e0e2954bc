"""How far has long work come? A bar on a terminal; silence elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from jigsaw.hub.cli.answers import to_person_aside


@contextmanager
def progress(words: str) -> Iterator[tuple[Callable[[int], None], Callable[[int], None]]]:
    """A bar on a terminal's standard error: call the first with what there is to do, the second when done."""
    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=to_person_aside, transient=True, disable=not to_person_aside.is_terminal
    ) as bar:
        task = bar.add_task(words, total=0)

        def more(count: int) -> None:
            bar.update(task, total=(bar.tasks[0].total or 0) + count)

        yield more, lambda count: bar.advance(task, count)
