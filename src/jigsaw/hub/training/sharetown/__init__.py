"""Sharetown: an invented partnership of about forty families, so that an empty hub can be tried at once.

Nobody here exists. NHS numbers are of the range that is never issued, telephone numbers of the ranges kept
for drama, postcodes of an area that there is not. The same `now` gives the same Sharetown every time.

- `partnership`: who takes part and who signs in;
- `agreed`: what they agreed to share, signed by each agency;
- `walsh`: the family whose story newcomers learn with, as the screens show it;
- `casting`, `stories`, `names`, `differing`, `families`: the other families, put together from lists by rule;
- `at_work`: the concerns, enquiries and requests of today;
- `walk_ins`: records that wait for somebody to decide whose they are;
- `mistaken`: two who were taken for one, and put right;
- `plans`, `hospital`: children with a plan, and what unscheduled care sees and tells of them;
- `rights`: what families asked of an agency, and were told;
- `retention`: what of the school's is past its time;
- `encompass`: what the police told schools of domestic abuse at home;
- `patterns`: what stands out in what was recorded of two children;
- `next_door`: another hub, and what it was asked;
- `shapes`: what a family consists of before anything is written;
- `writing`: how it is written, through the domains' own operations, in order of time.

Start with docs/explanation/sharetown.md: who is who, and what is misleading on purpose.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.training.sharetown import (
    agreed,
    at_work,
    encompass,
    families,
    hospital,
    mistaken,
    next_door,
    papers,
    partnership,
    patterns,
    plans,
    retention,
    rights,
    walk_ins,
    walsh,
)
from jigsaw.hub.training.sharetown.shapes import Calendar
from jigsaw.hub.training.sharetown.writing import Writer

# One passphrase for every demonstration account. It protects nothing: everybody here is invented.
PASSWORD = "paper boats in the harbour"  # noqa: S105 - documented, for invented people only


def fill_if_empty() -> bool:
    """Make Sharetown if the hub has no agency yet; returns whether it did. The whole of it or nothing."""
    if agency_queries.has_agencies():
        return False
    fill(now=timezone.now())
    return True


@transaction.atomic
def fill(*, now: datetime, password: str = PASSWORD) -> Writer:
    """Make the partnership, its families and its work as they stand at `now`, in one transaction."""
    calendar = Calendar(now)
    made = partnership.set_up(password=make_password(password), now=calendar.at(calendar.founded, 0))
    agreed.sign_by_everyone(made, calendar)
    writer = Writer(made, calendar)
    everyone = [walsh.family(calendar), *families.families(calendar)]
    writer.run(
        [
            *writer.steps(everyone),
            *at_work.steps(writer, everyone),
            *walk_ins.steps(writer),
            *mistaken.steps(writer),
            *next_door.steps(writer),
            *plans.steps(writer),
            *hospital.steps(writer),
            *papers.steps(writer),
            *rights.steps(writer),
            *patterns.steps(writer),
            *encompass.steps(writer),
            *retention.steps(writer),
        ]
    )
    return writer


def sign_ins() -> list[str]:
    """Lines for the terminal: whom to sign in as, and the one passphrase."""
    meet = [worker for worker in partnership.WORKERS if worker.meet]
    places = {place.code: place.name for place in partnership.PLACES}
    width = max(len(partnership.email(worker)) for worker in meet)
    return [
        "",
        "Sharetown is an invented partnership: nobody in it exists. Sign in as",
        "",
        *(
            f"  {partnership.email(worker):<{width}}  {worker.name}, {places[worker.agency]}. {worker.meet}."
            for worker in meet
        ),
        "",
        f"  The passphrase is the same for all: {PASSWORD}",
        "",
    ]
