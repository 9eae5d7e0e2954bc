"""How do repeating blocks grow and shrink without a script, and without losing a word?

A form's blocks are numbered fields: `children-0-given`. Blocks marked for removal are taken out and the
others renumbered; one more is added by raising the count.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.http.request import QueryDict


def tidied(data: QueryDict, kinds: Mapping[str, Mapping[str, str]], *, add: str = "") -> QueryDict:
    """The form as typed without its removed blocks, and with an empty one more where `add` names a prefix.

    `kinds` gives each prefix with what an empty block already says. One block of each kind always stays.
    """
    kept = data.copy()
    for prefix, blank in kinds.items():
        _without_removed(kept, prefix)
        if add == prefix or not count(kept, prefix):
            _one_more(kept, prefix, blank)
    return kept


def _one_more(data: QueryDict, prefix: str, blank: Mapping[str, str]) -> None:
    number = count(data, prefix)
    data[f"{prefix}-TOTAL_FORMS"] = str(number + 1)
    data.setdefault(f"{prefix}-INITIAL_FORMS", "0")
    for name, value in blank.items():
        data[f"{prefix}-{number}-{name}"] = value


def count(data: QueryDict, prefix: str) -> int:
    """How many blocks there are; 0 where the number cannot be read."""
    text = data.get(f"{prefix}-TOTAL_FORMS", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _without_removed(data: QueryDict, prefix: str) -> None:
    blocks = [_take(data, prefix, number) for number in range(count(data, prefix))]
    left = [block for block in blocks if not block.get("DELETE")]
    for number, block in enumerate(left):
        for name, values in block.items():
            data.setlist(f"{prefix}-{number}-{name}", values)
    data[f"{prefix}-TOTAL_FORMS"] = str(len(left))


def _take(data: QueryDict, prefix: str, number: int) -> dict[str, list[str]]:
    start = f"{prefix}-{number}-"
    names = [name for name in data if name.startswith(start)]
    return {name.removeprefix(start): data.pop(name) for name in names}
