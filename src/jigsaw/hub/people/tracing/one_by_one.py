"""What does the register itself say of one record, asked now?

First the question is written down and kept, then it leaves, then the answer is taken: no transaction is open while
the register thinks, and a question whose answer never came is in the log.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.formats.text import matching_key
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import access, numbers
from jigsaw.hub.people.errors import no_such_record
from jigsaw.hub.people.models import PersonRecord, Trace
from jigsaw.hub.people.national_register.asking import Entry, NationalRegister, RegisterTrouble, Sought
from jigsaw.hub.people.tracing import answers
from jigsaw.hub.people.tracing.answers import Said
from jigsaw.hub.people.tracing.questions import numbers_to_check, question_about


@context.hub("index")
def ask_register(*, actor: Actor, record: UUID, register: NationalRegister, now: datetime) -> UUID:
    """Write down a question about one record; it is put to the register once that is kept. Returns the trace.

    The register is closed after the question. Raises Refused, NotHere; Invalid if the record lacks what a register
    demands.
    """
    access.check_can_trace(actor)
    with transaction.atomic():
        held = _record_to_ask(actor, record)
        trace = question_about(actor, held, register.service, numbers_to_check([held]).get(held.pk, ""), now)
        trace.save()
        audit.record(
            actor=actor,
            action="number.asked",
            people=[held.person_id],
            thing=f"record {held.pk}",
            detail={"service": register.service},
            now=now,
        )
        # A register may take its time: nothing is locked meanwhile. Robust: the question is kept whatever happens.
        transaction.on_commit(
            lambda: put(actor=actor, trace=trace.pk, register=register, now=now), robust=True
        )
    return trace.pk


@context.hub("index")
def put(*, actor: Actor, trace: UUID, register: NationalRegister, now: datetime) -> None:
    """Put a question that waits to the register, and take what it says; one that was answered is left as it is.

    Trouble is an answer too, to try again. A number on the record is looked up first; only where that does not
    settle it is the child sought by name and date of birth.
    """
    waits = Trace.objects.get(pk=trace)
    if waits.state != Trace.ASKED:
        return
    [held] = numbers.records_to_ask([waits.record_id])
    try:
        with register:
            said = _ask(register, held, waits.sent)
    except RegisterTrouble as trouble:
        said = Said(state="error", doubts=(trouble.code,))
    _answered(actor, trace, said, now)


@transaction.atomic
def _answered(actor: Actor, trace: UUID, said: Said, now: datetime) -> None:
    """Take the answer to a question that is still open, and write down what became of it."""
    found = answers.questions_put(actor, [trace]).get(trace)
    if found is None or found.state != Trace.ASKED:
        return
    renumbered = answers.take([(found, said)], now=now)
    audit.record(
        actor=actor,
        action="number.answered",
        people=[found.record.person_id],
        thing=f"record {found.record_id}",
        detail={"state": found.state, "outcome": found.outcome},
        now=now,
    )
    answers.link(actor, renumbered, now=now)


def _record_to_ask(actor: Actor, record: UUID) -> PersonRecord:
    mine = access.traceable_records(actor).filter(pk=record).values_list("pk", flat=True)
    found = numbers.records_to_ask(mine)
    if not found:
        raise no_such_record()
    if lacks := numbers.lacking(found[0]):
        raise Invalid(
            _("Nobody can be found in a register with what is on this record."),
            {name: NEEDED[name] for name in lacks},
        )
    return found[0]


NEEDED = {
    "given": _("A first name is needed."),
    "family": _("A family name is needed."),
    "born": _("A whole date of birth is needed."),
}


def _ask(register: NationalRegister, record: PersonRecord, sent: str) -> Said:
    about_sent = _look_up(register, record, sent) if sent else Said(state="no_match")
    if about_sent.number:
        return about_sent
    assert record.born is not None
    sought = Sought(
        given=record.given,
        family=record.family,
        born=record.born,
        sex=record.sex if record.sex in ("M", "F") else "",
        postcode=numbers.postcode_of(record),
    )
    traced = register.trace(sought)
    if traced.entry is None:
        return replace(about_sent, state=traced.state, search=traced.step)
    standing = about_sent.standing or (
        "" if not sent else "same" if sent == traced.entry.number else "differs"
    )
    return Said(
        state=traced.state,
        number=traced.entry.number,
        score=traced.score,
        standing=standing,
        search=traced.step,
        restricted=traced.entry.restricted,
        certain=traced.state == "match",
        doubts=(*about_sent.doubts, *_doubts_of_entry(traced.entry, record)),
    )


def _look_up(register: NationalRegister, record: PersonRecord, sent: str) -> Said:
    """What the register knows of the number itself; `number` is empty where that does not settle it."""
    found = register.retrieve(sent)
    if found.entry is None:
        gone = "not_found" if found.outcome == "not_found" else "invalid"
        return Said(state="no_match", standing=gone)
    if not _is_the_child(found.entry, record):
        return Said(state="no_match", standing="other", doubts=("number_of_another",))
    return Said(
        state="match",
        number=found.entry.number,
        score=1.0,
        standing="superseded" if found.outcome == "superseded" else "same",
        search="retrieve",
        restricted=found.entry.restricted,
        certain=True,
        doubts=_doubts_of_entry(found.entry, record),
    )


def _is_the_child(entry: Entry, record: PersonRecord) -> bool:
    """Does the register give the number to somebody with this birthday and one of these names?"""
    if entry.born is None or entry.born != record.born:
        return False
    mine = {matching_key(record.given), matching_key(record.family)}
    return any(mine & {matching_key(given), matching_key(family)} for given, family in entry.names)


def _doubts_of_entry(entry: Entry, record: PersonRecord) -> tuple[str, ...]:
    told = (
        ("register_details", entry.born is not None and entry.born != record.born),
        ("died", entry.died and record.died_on is None),
        ("register_unsure", not entry.verified),
    )
    return tuple(code for code, there in told if there)
