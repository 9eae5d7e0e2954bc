"""Who holds information, and who would receive it?"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Party:
    """An agency and the roles of the practitioner who acts for it.

    `sector` is a code of `vocabulary.SECTORS`; role codes are in `roles.py`. `code` is the agency's own code and
    `authorities` are the GSS codes of the areas that it serves: agreements name agencies by these. Without
    them no agreement covers the party.
    """

    agency: str
    sector: str
    roles: frozenset[str] = field(default_factory=frozenset)
    code: str = ""
    authorities: frozenset[str] = field(default_factory=frozenset)
