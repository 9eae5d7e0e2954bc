"""How do pairs become persons, without one bad pair chaining two children together?

Never by connected components alone. The surest pair is joined first; two groups join only if nothing in either
contradicts the other: no two different verified NHS numbers, no two birthdays of different generations.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Id = TypeVar("Id", bound=Hashable)


def clusters(
    ids: Iterable[Id],
    links: Iterable[tuple[Id, Id]],
    contradicts: Callable[[list[Id], list[Id]], bool],
) -> list[list[Id]]:
    """Groups of ids, each id in exactly one, joined by `links` in the order given (the surest first).

    `contradicts` says whether two groups cannot be one person; then the link is left out.
    """
    group_of: dict[Id, list[Id]] = {each: [each] for each in ids}
    for left, right in links:
        ours, theirs = group_of[left], group_of[right]
        if ours is theirs or contradicts(ours, theirs):
            continue
        larger, smaller = (ours, theirs) if len(ours) >= len(theirs) else (theirs, ours)
        larger.extend(smaller)
        for each in smaller:
            group_of[each] = larger
    seen: set[int] = set()
    found = []
    for group in group_of.values():
        if id(group) not in seen:
            seen.add(id(group))
            found.append(group)
    return found
