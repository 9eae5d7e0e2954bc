"""May it be shown that an agency knows somebody?

That a record exists is itself a disclosure. Each pointer of “who knows this child” is asked about by itself: may this
agency's involvement be shown to that one, for this purpose, today? Where no agreement allows it, it is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jigsaw.hub.agencies.queries import Placed
from jigsaw.hub.agreements import queries
from jigsaw.sharing_rules.agreements import Compiled
from jigsaw.sharing_rules.finding import Answer
from jigsaw.sharing_rules.party import Party
from jigsaw.sharing_rules.vocabulary import EXISTENCE

KNOWN = "existence"


@dataclass(frozen=True)
class Asking:
    """Who would see the pointers, for what, and when."""

    agreements: Compiled
    asker: Placed
    purpose: str
    on: date


def may_show(asking: Asking, holder: Placed, *, service: str = "") -> bool:
    """Is the asker allowed to see that `holder` knows somebody; through this `service`, if it is named?

    A service whose name gives somebody away must be allowed by its own kind of information as well.
    """
    return all(_allowed(asking, holder, category) for category in (KNOWN, *_kinds_of(service)))


def _allowed(asking: Asking, holder: Placed, category: str) -> bool:
    said = asking.agreements.says(
        holder=_party(holder),
        recipient=_party(asking.asker),
        purpose=asking.purpose,
        category=category,
        mode=EXISTENCE,
        on=asking.on,
    )
    return said.answer is Answer.PERMIT


def _party(agency: Placed) -> Party:
    return Party(agency.name, agency.sector, code=agency.code, authorities=agency.authorities)


def _kinds_of(service: str) -> tuple[str, ...]:
    """The kinds of information that the name of a service gives away; of several that fit, the first."""
    name = service.casefold()
    for row in queries.words("sensitive_services")["entries"]:
        if any(words in name for words in row["fits"]):
            return (row["code"],)
    return ()
