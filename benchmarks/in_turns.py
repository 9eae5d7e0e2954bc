"""How many times as long does another way take for the same questions, when neither spoils the other's caches?

Question by question in turn, each way finds the processor's caches full of the other's rows and code, and the threads
of one still busy beside the other: the quicker one loses most. So each asks a block of questions in a row, then the
other asks the same; who comes first changes from block to block and from repeat to repeat, because the second finds
the rows already read. What a change of turns costs both is in the figures of both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from benchmarks.measuring import percentile

BLOCK = 20
WARM_UP = 5
Ask = Callable[[str], object]


def beside(texts: Sequence[str], ours: Ask, theirs: Ask, *, repeats: int) -> dict[str, object]:
    """Milliseconds of both ways over the same texts, and how many times as long theirs takes.

    Medians over the repeats, of the ratios as well: each ratio is of one repeat.
    """
    if not texts:
        return {"queries": 0}
    for text in texts[:WARM_UP]:
        ours(text)
        theirs(text)
    runs = [_once(texts, ours, theirs, repeat) for repeat in range(repeats)]
    return {
        "queries": len(texts),
        "in_a_row": BLOCK,
        "repeats": repeats,
        **{f"p{share}": _median(percentile(other, share) for _own, other in runs) for share in (50, 95)},
        **{f"ours_p{share}": _median(percentile(own, share) for own, _other in runs) for share in (50, 95)},
        **{
            f"times_slower_p{share}": _median(
                percentile(other, share) / percentile(own, share) for own, other in runs
            )
            for share in (50, 95)
        },
    }


def _once(texts: Sequence[str], ours: Ask, theirs: Ask, repeat: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each text, ours and theirs."""
    own: list[float] = []
    other: list[float] = []
    for place, block in enumerate(_blocks(texts)):
        turns = [(ours, own), (theirs, other)]
        for ask, times in turns if (place + repeat) % 2 else reversed(turns):
            times.extend(_timed(ask, text) for text in block)
    return own, other


def _blocks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[first : first + BLOCK] for first in range(0, len(texts), BLOCK))


def _timed(ask: Ask, text: str) -> float:
    began = time.perf_counter()
    ask(text)
    return (time.perf_counter() - began) * 1000


def _median(values: Iterator[float]) -> float:
    return round(median(values), 2)
