"""What of a notice of domestic abuse goes into the agency's own record of the child, before somebody reads it over?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jigsaw.hub.chronology.kinds import HowKnown
from jigsaw.hub.encompass import operations, queries
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.people import queries as people
from jigsaw.hub.web.door import Visit
from jigsaw.hub.web.people.forms import event_kind

KIND = "domestic_abuse"


def may_be_written(visit: Visit, read: queries.Read) -> UUID | None:
    """Whose record it can be written into: the child's, if the actor adds to records and their agency received the
    notice and holds a record of the child that they may open; else None."""
    received = any(one.to_agency_id == visit.actor.agency_id for one in read.deliveries)
    if not (received and visit.actor.may("chronology.add")):
        return None
    person = read.notice.record.person_id
    try:
        people.check_may_open(visit.actor, person, visit.now)
    except NotHere:
        return None
    return person


def entry(visit: Visit, reference: str, person: UUID) -> dict[str, Any]:
    """An entry about this person as the notice has it; whoever adds it reads it over and chooses its kind, where their
    sector records none of domestic abuse. Audited as an opening; raises NotHere if it is not their notice of this child."""
    read = operations.opened(actor=visit.actor, reference=reference, now=visit.now)
    if may_be_written(visit, read) != person:
        raise NotHere(_("There is no such notice about this child."), _("Go back to the list of notices."))
    notice, happened = read.notice, read.notice.happened_at.astimezone(ENGLAND)
    parts = {"agency": notice.from_agency.name, "reference": reference, "theirs": notice.police_reference}
    where = _("%(place)s. Was the child there? %(present)s.") % {
        "place": notice.place, "present": notice.get_present_display(),
    }  # fmt: skip
    kind = event_kind(KIND)
    return {
        "kind": KIND if visit.actor.sector in kind["sectors"] else "",
        "about": [str(person)],
        "happened_on": happened.date(),
        "happened_at": happened.time(),
        "title": _("The police told us of domestic abuse at home"),
        "text": f"{notice.circumstances}\n\n{where}",
        "child_words": notice.child_words,
        "how_known": HowKnown.REPORTED,
        "source": (_("%(agency)s, notice %(reference)s, police reference %(theirs)s") % parts)[:200],
        "key_event": kind["key_event"],
    }
