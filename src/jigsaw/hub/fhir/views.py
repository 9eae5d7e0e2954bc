"""The interactions: search for what is known of a child, read what a look showed once more, and what can be asked."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.fhir import capability, searching
from jigsaw.hub.fhir.bundles import Found, Node, note, searchset
from jigsaw.hub.fhir.door import Asked, base, interaction, open_to_all
from jigsaw.hub.fhir.kinds import KINDS, Kind
from jigsaw.hub.fhir.problems import Problem
from jigsaw.hub.fhir.searching import Search
from jigsaw.hub.unscheduled_care import by_system


@open_to_all("GET", "HEAD")
def metadata(request: HttpRequest) -> Node:
    """For anyone: what can be asked here."""
    return capability.statement(base(request))


@interaction("GET", "HEAD")
def search(asked: Asked, kind: str) -> Node:
    """For systems of settings that may look, for a practitioner of theirs: is there a plan, whom to ring, how often?"""
    return _searched(asked, kind)


@interaction("POST")
def search_by_post(asked: Asked, kind: str) -> Node:
    """For the same systems: the same, with the number in the body, so that it stands in no log of addresses."""
    return _searched(asked, kind)


@interaction("GET", "HEAD")
def read(asked: Asked, kind: str, pk: UUID) -> Node:
    """For the practitioner who looked, for twelve hours: what their look showed, as it stands now."""
    known = KINDS.get(kind)
    if known is None or not known.can_be_read:
        raise _nothing_of_the_kind()
    seen = by_system.again(asked.actor, pk, at=asked.setting, now=asked.now)
    today = agreements.local_day(asked.now)
    found = known.make(seen, Search("", (), ()), today, base(asked.request))
    return next(one for one in found.matches if one["id"] == str(pk))


@open_to_all()
def other(request: HttpRequest, rest: str = "") -> Node:
    """For anyone: what is not here."""
    raise _nothing_of_the_kind()


def _nothing_of_the_kind() -> Problem:
    words = _("There is no such interaction here. What there is stands at /fhir/R4/metadata.")
    return Problem(404, "not-supported", "RESOURCE_NOT_FOUND", words)


def _searched(asked: Asked, name: str) -> Node:
    kind = KINDS.get(name)
    if kind is None:
        raise _nothing_of_the_kind()
    search = searching.read(asked.parameters, more=kind.more, strict=asked.strict)
    shown = by_system.look(
        asked.actor, search.number, unscheduled=asked.unscheduled, at=asked.setting, now=asked.now
    )
    if shown.several:
        words = _(
            "Several people with a plan have this number. Look in the browser, where you see who they are."
        )
        raise Problem(409, "multiple-matches", "MULTIPLE_MATCHES", words)
    found = _found(asked, kind, search, shown)
    place = f"{base(asked.request)}/{name}"
    return searchset(found, base=base(asked.request), asked=search.address(place), now=asked.now)


def _found(asked: Asked, kind: Kind, search: Search, shown: by_system.Shown) -> Found:
    """What was seen; or that nothing is known, which is never to be read as all being well."""
    unused = (
        [note(_("Not known here, so not used: %s.") % ", ".join(search.ignored))] if search.ignored else []
    )
    if shown.seen is None or not shown.seen.plans:
        return Found([], said=[note(_nothing_known()), *unused])
    today = agreements.local_day(asked.now)
    found = kind.make(shown.seen, search, today, base(asked.request))
    return Found(found.matches, found.included, [*found.said, *unused])


def _nothing_known() -> str:
    """The words of the browser's page."""
    hub = agencies.partnership()
    told = (
        _("Nothing is known here. This does not say that the child is safe."),
        _(
            "Most children at risk have no plan; a plan can be held elsewhere, or under another name or number."
        ),
        _("Go by what you see and hear. If you are worried, ring children’s services now: %s.")
        % (hub.front_door_phone if hub else ""),
    )
    return " ".join(told)
