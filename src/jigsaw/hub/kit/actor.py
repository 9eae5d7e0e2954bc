"""Who is acting, for which agency, in which roles?"""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in practitioner at the moment of one act. Read once at a door, then passed down."""

    practitioner_id: UUID | None
    name: str
    job_title: str
    agency_id: UUID | None
    agency_name: str
    sector: str
    team_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Does any of the practitioner's roles carry this permission code?"""
        return permission in self.permissions


SYSTEM = Actor(
    practitioner_id=None, name="Jigsaw", job_title="", agency_id=None, agency_name="Jigsaw", sector="XX"
)
"""The hub itself, for work nobody started by hand: clocks that run out, drafts that expire."""
