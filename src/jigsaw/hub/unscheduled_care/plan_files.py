"""How does a return of an authority become its plans, every one of them accounted for?

A child is known again by the numbers that the authority gave them. Loading a return again changes nothing; a date
that changed is a correction, and what stood before is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from jigsaw.formats.plan_episodes import PlanEpisode, PlanReading
from jigsaw.formats.records import KEY_ORDER, IncomingIdentifier, IncomingName, Problem
from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.from_files import stored_key
from jigsaw.hub.people.records import Facts
from jigsaw.hub.unscheduled_care.kinds import Closed, PlanKind
from jigsaw.hub.unscheduled_care.models import Plan

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Agency
    from jigsaw.hub.people.models import PersonRecord

CREATED, UPDATED, UNCHANGED, REJECTED = "created", "updated", "unchanged", "rejected"


@dataclass(kw_only=True)
class Loaded:
    """What became of the plans of a return: read = created + updated + unchanged + rejected."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)


@context.hub("index")
@transaction.atomic
def load(
    *, actor: Actor, agency: Agency, format: str, reading: PlanReading, now: datetime, dry_run: bool = False,
    progress: Callable[[int], None] = lambda _count: None,
) -> Loaded:  # fmt: skip
    """Make the authority's plans say what the return says; all of it or nothing.

    A plan that the return no longer has is left as it is: a return covers a year. Raises Refused; NotHere for an
    agency that is no authority's children's services; Unreadable as soon as the reading does.
    """
    people_access.check_can_import(actor, agency.pk)
    loading = _Loading(actor, agency, format, now)
    for told in reading:
        if isinstance(told, Problem):
            loading.done.problems.append(told)
        else:
            loading.take(told)
            progress(1)
    done = loading.done
    counts = {name: getattr(done, name) for name in ("read", CREATED, UPDATED, UNCHANGED, REJECTED)}
    audit.record(
        actor=actor,
        action="plans.loaded",
        people=loading.changed,
        thing=f"agency {agency.pk}",
        detail=counts,
        now=now,
    )
    if dry_run:
        transaction.set_rollback(True)
    return done


class _Loading:
    """One return: what became of each plan, and of whom anything changed."""

    def __init__(self, actor: Actor, agency: Agency, format: str, now: datetime) -> None:
        self.actor, self.agency, self.format, self.now = actor, agency, format, now
        self.authority = agencies.front_door_authority(agency.pk)
        self.done = Loaded()
        self.changed: set[object] = set()
        self.seen: set[str] = set()

    def take(self, episode: PlanEpisode) -> None:
        self.done.read += 1
        self.done.problems += episode.problems
        outcome = self._take(episode) if episode.usable else REJECTED
        setattr(self.done, outcome, getattr(self.done, outcome) + 1)

    def _take(self, episode: PlanEpisode) -> str:
        key = self._key(episode)
        if key in self.seen:
            return self._refuse(
                episode, "duplicate_plan", _("This plan stands in the return twice. The first was taken.")
            )
        self.seen.add(key)
        record = self._record(episode)
        if record is None:
            why = _(
                "Whose unborn child this is, is not known here. Enter the plan by hand on the mother’s record."
            )
            return self._refuse(episode, "mother_not_known", why)
        return self._written(episode, record, key)

    def _key(self, episode: PlanEpisode) -> str:
        """The source's own number of the plan, where it has one: its dates may then be corrected."""
        of = episode.reference or str(episode.from_date)
        kind = PlanKind.CHILD_PROTECTION if episode.kind == PlanKind.UNBORN else episode.kind
        return stored_key(f"{kind}|{episode.source_key}|{of}")

    def _refuse(self, episode: PlanEpisode, code: str, words: str) -> str:
        self.done.problems.append(Problem(episode.number, "", code, words, "error"))
        return REJECTED

    def _record(self, episode: PlanEpisode) -> PersonRecord | None:
        told = episode.mother if episode.kind == PlanKind.UNBORN else episode.identifiers
        found = people_queries.held_under(self.agency.pk, _in_order(told))
        if found or episode.kind == PlanKind.UNBORN:
            return found
        name = episode.names[0] if episode.names else IncomingName("", "")
        facts = Facts(
            given=name.given,
            family=name.family,
            born=episode.born,
            born_accuracy="AAA" if episode.born else "UUU",
            identifiers=tuple((one.kind, one.value) for one in told),
        )
        record, _outcome = people.hold(
            actor=self.actor, agency=self.agency.pk, system=self.format, source_key=stored_key(episode.source_key),
            facts=facts, now=self.now,
        )  # fmt: skip
        people.link_if_certain(actor=self.actor, record=record, now=self.now)
        record.refresh_from_db()
        return record

    def _written(self, episode: PlanEpisode, record: PersonRecord, key: str) -> str:
        stands = Plan.objects.select_for_update().filter(
            agency=self.agency, system=self.format, source_key=key, closed_as=""
        )
        before = stands.first()
        # At birth the plan moved to the baby; a return that still calls the child unborn takes nothing back.
        expected = episode.expected_on if episode.kind == PlanKind.UNBORN else None
        says = (episode.kind, episode.from_date, episode.until_date, expected, record.pk)
        if before and says == (
            before.kind,
            before.starts_on,
            before.ends_on,
            before.expected_on,
            before.record_id,
        ):
            return UNCHANGED
        if before:
            before.closed_as, before.closed_at = Closed.CORRECTED, self.now
            before.closed_by_id, before.reason = (
                self.actor.practitioner_id,
                _("A newer return says otherwise."),
            )
            before.save()
        made = Plan.objects.create(
            record=record, agency=self.agency, authority=self.authority, kind=episode.kind,
            starts_on=episode.from_date, ends_on=episode.until_date, expected_on=expected,
            system=self.format, source_key=key, recorded_by_id=self.actor.practitioner_id, recorded_at=self.now,
        )  # fmt: skip
        if before:
            before.replaced_by = made
            before.save(update_fields=["replaced_by"])
        self.changed.add(record.person_id)
        return UPDATED if before else CREATED


def _in_order(told: tuple[IncomingIdentifier, ...]) -> list[tuple[str, str]]:
    """An agency's own number before a national one, as in `formats.records`."""
    kinds = {kind: place for place, kind in enumerate(KEY_ORDER)}
    return [(one.kind, one.value) for one in sorted(told, key=lambda one: kinds.get(one.kind, len(kinds)))]
