"""How does a named role let out what is otherwise left out of everything?

In two steps by two people: one proposes with a reason, another, who holds the role, releases.
"""

from __future__ import annotations

from typing import Final

from jigsaw.sharing_rules.check import Reply, deny, permit, review
from jigsaw.sharing_rules.proposed import Proposed, Release
from jigsaw.sharing_rules.roles import ROLE_WORDS

FEWEST_WORDS: Final = 3
"""A reason in fewer words is none."""


def left_out(proposed: Proposed, kind: str, what: str, role: str) -> Reply:
    """PERMIT once both steps are made; REVIEW by the role after the first; DENY before it.

    `what` is the item's nature, as in "The item comes from a sealed record".
    """
    decider = ROLE_WORDS[role]
    release = proposed.release_of(kind)
    if release is None or not _well_proposed(release):
        return deny(
            f"{what}, and nobody has proposed to release it.",
            next_step=f"Leave it out. If a child's safety needs it, propose its release with a reason: the {decider} "
            "then decides.",
        )
    if not release.released_by.strip():
        return review(
            f"{what}. Its release is proposed.", next_step=f"Ask the {decider} to release it.", role=role
        )
    if release.released_role != role or release.released_by.strip() == release.proposed_by.strip():
        return review(
            f"{what}. It was not released by a second person who is {decider}.",
            next_step=f"Ask a {decider}, other than whoever proposed it, to release it.",
            role=role,
        )
    return permit(f"{what}. It was proposed, and the {decider} released it.")


def _well_proposed(release: Release) -> bool:
    return bool(release.proposed_by.strip()) and len(release.reason.split()) >= FEWEST_WORDS
