"""Tell a child's school of domestic abuse at home, open and acknowledge it there, and bring what nobody opens to somebody."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.disclosures import unasked
from jigsaw.hub.encompass import access, queries
from jigsaw.hub.encompass.models import Delivery, Notice
from jigsaw.hub.encompass.states import MOVES, NoticeState, Present
from jigsaw.hub.kit import fields as texts
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.clock import EARLIEST
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.kit.ids import reference, uuid7
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.records import At, Facts

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Agency, Authority
    from jigsaw.hub.people.models import PersonRecord

LONGEST = 4000
LISTED = 100
# To the school the law says that the police must; to the authority, so that the child is not forgotten meanwhile.
LAW = {"ED": ("operation_encompass", "operation_encompass"), "SC": ("s17", "s10")}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What SI 2025/1168 asks the police to tell, and where the child lives and goes to school, as far as they know.

    `person`: whose page they began from, if they did; else the child is looked for by name, day of birth and `postcode`.
    `school` None: found by the school's own record of the child. `advice_from`: whose advice was taken where the
    sharing rules leave it to somebody.
    """

    given: str
    family: str
    born: date
    police_reference: str
    happened_at: datetime
    place: str
    present: str
    circumstances: str
    authority: UUID
    child_words: str = ""
    person: UUID | None = None
    postcode: str = ""
    school: UUID | None = None
    advice_from: str = ""


@transaction.atomic
def send(*, actor: Actor, told: Told, now: datetime) -> Notice:
    """Tell the school at once, and the authority where the school is not known or opens only after long.

    Raises Refused if the role does not allow it, or the sharing rules stop it, in their words; Invalid naming each
    field that must be put right, `school` among them where the child may go to more than one.
    """
    access.check_can_send(actor)
    authority = _check(actor, told, now)
    record = _hold(actor, told, now)
    people_access.check_not_too_close(actor, [record.person_id])
    school = _school(actor, told, record)
    notice = Notice.objects.create(
        reference=reference("D"),
        from_agency_id=actor.agency_id,
        raised_by_id=actor.practitioner_id,
        authority=authority,
        record=record,
        sent_at=now,
        **{name: getattr(told, name) for name in _KEPT},
    )
    days = agreements.school_days(on=agreements.local_day(now), authority=authority.pk)
    due = days.next_opening(now)
    if school:
        _deliver(actor, notice, school, "school", due, told.advice_from, now)
    if not school or days.waits_long(now):
        door = agencies.front_door(authority)
        _deliver(actor, notice, door, "closed" if school else "unknown", due, told.advice_from, now)
    return notice


_NOT_TOLD = ("authority", "person", "postcode", "school", "advice_from")
_KEPT = tuple(field.name for field in fields(Told) if field.name not in _NOT_TOLD)


def _check(actor: Actor, told: Told, now: datetime) -> Authority:
    wrong: dict[str, object] = {
        name: _("Fill this in: the school needs it.")
        for name in ("given", "family", "police_reference", "place", "circumstances")
        if not getattr(told, name).strip()
    }
    if told.present not in Present.values:
        wrong["present"] = _("Say whether the child was there.")
    if not EARLIEST <= told.born <= agreements.local_day(now):
        wrong["born"] = _("Check the date of birth.")
    if told.happened_at > now:
        wrong["happened_at"] = _("This lies in the future. Enter when it happened.")
    mine = {one.pk: one for one in agencies.authorities_of(actor.agency_id)} if actor.agency_id else {}
    if told.authority not in mine:
        wrong["authority"] = _("Choose the authority in which the child lives.")
    if wrong:
        raise Invalid(_("Some of this notice needs another look."), wrong)
    for name in ("circumstances", "child_words"):
        texts.check_text(name, getattr(told, name), longest=LONGEST)
    return mine[told.authority]


def _hold(actor: Actor, told: Told, now: datetime) -> PersonRecord:
    """The police's own record of the child: of the page they began from, else a new one, linked where it is certain."""
    if told.person:
        seen = people_queries.check_may_open(actor, told.person, now)
        return people.own_record(actor=actor, like=seen[0], now=now)
    home = (At(postcode=told.postcode.strip()),) if told.postcode.strip() else ()
    facts = Facts(given=told.given.strip(), family=told.family.strip(), born=told.born, addresses=home)
    record, _outcome = people.hold(
        actor=actor,
        agency=actor.agency_id,
        system="encompass",
        source_key=str(uuid7()),
        facts=facts,
        now=now,
    )
    people.link_if_certain(actor=actor, record=record, now=now)
    record.refresh_from_db()
    return record


def _school(actor: Actor, told: Told, record: PersonRecord) -> Agency | None:
    """The school that was named, else the one that knows the child; None if none does."""
    if told.school:
        named = next((one for one in queries.schools(actor) if one.pk == told.school), None)
        if named is None:
            raise Invalid(_("Choose a school of the list."), {"school": _("Choose a school of the list.")})
        return named
    found = queries.schools_of(record.person_id)
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        words = _("More than one school knows this child: %(names)s. Choose one.") % {"names": names}
        raise Invalid(_("Say which school it is."), {"school": words})
    return found[0] if found else None


def _deliver(
    actor: Actor, notice: Notice, to: Agency, why: str, due: datetime | None, advice_from: str, now: datetime
) -> None:
    purpose, gateway = LAW[to.sector]
    piece = unasked.Unasked(
        kind="domestic_abuse",
        how_known="reported",
        source=actor.agency_name,
        text="\n".join((notice.circumstances, notice.child_words, notice.place)),
        happened_on=agreements.local_day(notice.happened_at),
        of_agency=notice.from_agency_id,
        to_agency=to.pk,
        purpose=purpose,
        gateway=gateway,
        reasons=str(_("So that the child is safe and understood at school.")),
        told_why=str(_("The law asks for it, and telling the family first could add to the danger.")),
    )
    verdict = unasked.judge(piece, today=agreements.local_day(now))
    unasked.check_may_go(verdict, gateway=gateway, actor=actor, advice_from=advice_from, to=to.name)
    by_duty = unasked.must_go(verdict, gateway)
    made = Delivery.objects.create(
        notice=notice,
        to_agency=to,
        from_agency_id=notice.from_agency_id,
        why=why,
        verdict=verdict.as_json(),
        by_duty_alone=by_duty,
        due_at=due,
    )
    detail = {"to": to.code, "why": why, "answer": verdict.answer.value}
    _log(actor, made, "encompass.sent", now, words=advice_from.strip(), detail=detail)
    outbox.put(topic="encompass.sent", payload={"delivery": str(made.pk)}, now=now)


@transaction.atomic
def acknowledge(*, actor: Actor, reference: str, what_is_done: str, now: datetime) -> Delivery:
    """The school, or the authority, has read it and says what it does. Once; raises WrongState, NotHere or Invalid."""
    found = queries.own_delivery(actor, reference, lock=True)
    after = MOVES.after("acknowledge", NoticeState(found.state))
    texts.check_text("what_is_done", what_is_done, longest=LONGEST)
    if not what_is_done.strip():
        words = _("Say in a sentence what you do: who keeps an eye on the child today.")
        raise Invalid(words, {"what_is_done": words})
    found.state, found.acknowledged_at, found.acknowledged_by_id = after, now, actor.practitioner_id
    found.what_is_done = what_is_done.strip()
    found.opened_at, found.opened_by_id = found.opened_at or now, found.opened_by_id or actor.practitioner_id
    found.save(
        update_fields=[
            "state",
            "acknowledged_at",
            "acknowledged_by",
            "what_is_done",
            "opened_at",
            "opened_by",
        ]
    )
    _log(actor, found, "encompass.acknowledged", now, words=found.what_is_done)
    outbox.put(topic="encompass.acknowledged", payload={"delivery": str(found.pk)}, now=now)
    return found


@transaction.atomic
def opened(*, actor: Actor, reference: str, now: datetime) -> queries.Read:
    """One notice, for the police who sent it or whoever received it; the first to open it there is noted. Audited."""
    read = queries.get(actor, reference)
    mine = next((one for one in read.deliveries if one.to_agency_id == actor.agency_id), None)
    if mine and MOVES.allows("open", NoticeState(mine.state)) and mine.opened_at is None:
        mine.state, mine.opened_at = (
            MOVES.after("open", NoticeState(mine.state)),
            max(now, read.notice.sent_at),
        )
        mine.opened_by_id = actor.practitioner_id
        mine.save(update_fields=["state", "opened_at", "opened_by"])
    audit.record(
        actor=actor,
        action="encompass.opened",
        people=[read.notice.record.person_id],
        purpose=f"notice {reference}",
        thing=f"notice {read.notice.pk}",
        now=now,
    )
    return read


@transaction.atomic
def escalate(*, now: datetime, limit: int = LISTED) -> int:
    """What nobody opened by the start of the school day goes to the agency's named person; how many did.

    Each once: running it twice changes nothing. For the hub's own clock.
    """
    rows = Delivery.objects.select_for_update(of=("self",), skip_locked=True).select_related("notice__record")
    late = list(
        rows.filter(state=NoticeState.SENT, escalated_at=None, due_at__lte=now).order_by("due_at")[:limit]
    )
    for one in late:
        named = agencies.named_person(one.to_agency_id) or agencies.named_person(
            agencies.front_door(one.notice.authority).pk
        )
        one.escalated_at, one.escalated_to = now, named
        one.save(update_fields=["escalated_at", "escalated_to"])
        _log(SYSTEM, one, "encompass.escalated", now)
        outbox.put(topic="encompass.escalated", payload={"delivery": str(one.pk)}, now=now)
    return len(late)


def _log(
    actor: Actor,
    one: Delivery,
    action: str,
    now: datetime,
    *,
    words: str = "",
    detail: dict[str, str] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=action,
        people=[one.notice.record.person_id],
        purpose=f"notice {one.notice.reference}",
        thing=f"notice {one.notice_id}",
        detail=detail or {},
        words=words,
        now=now,
    )
