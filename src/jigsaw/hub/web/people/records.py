"""Which records are linked as this person, why, and are they rightly? For those who decide on links."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.corrections import operations as corrections
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.people import cards as people_cards
from jigsaw.hub.people import finding, linked, queries
from jigsaw.hub.people import numbers as nhs_numbers
from jigsaw.hub.people import operations as people
from jigsaw.hub.web import asked, door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.numbers import words as number_words
from jigsaw.hub.web.people import words
from jigsaw.hub.web.people.forms import Join, Split, Unlink
from jigsaw.hub.web.people.views import of_today

VERDICTS = {
    "linked": gettext_lazy("Linked to this person"),
    "not_same": gettext_lazy("Not the same person"),
    "unlinked": gettext_lazy("Unlinked from this person"),
}


@practitioner_page
@of_today
def start(visit: Visit, person: UUID) -> HttpResponse:
    """For those who decide whether two records are one person: the records, the decisions, and a way back."""
    if way := asked.leads_on(visit, to="#join"):
        return way
    if visit.request.method != "POST":
        return _page(visit, person)
    if "record" in visit.request.POST:
        return _unlink(visit, person)
    if visit.request.POST.get("do") == "split":
        return _split(visit, person)
    if "link" in visit.request.POST:
        return _undo(visit, person)
    return _join(visit, person)


def _unlink(visit: Visit, person: UUID) -> HttpResponse:
    """Take one record out of this person."""
    form = Unlink(visit.request.POST)
    record = _record(visit)
    if not form.is_valid():
        return _page(visit, person, unlinking=(record, form), status=400)

    def act() -> str:
        # Only now: a second press finds the record gone, and is led where the first one went.
        _check_linked(record, person)
        made = corrections.take_apart(
            actor=visit.actor,
            person=person,
            records=[record.pk],
            reason=form.cleaned_data["reason"],
            now=visit.now,
        )
        return _undone(visit, made)

    return _once(visit, person, form, act, unlinking=(record, form))


def _undone(visit: Visit, made: Any) -> str:
    """Say what was taken back; the page of the correction tells the rest."""
    messages.success(visit.request, _("They are two persons now, and what followed from the link is undone."))
    return reverse("correction", args=[made.reference])


def _split(visit: Visit, person: UUID) -> HttpResponse:
    """Decide that several records are somebody else."""
    rows = linked.linked_records(visit.actor, person, now=visit.now)
    form = Split(visit.request.POST, records=_choices(rows), auto_id="split-%s")

    def act() -> str:
        made = corrections.take_apart(
            actor=visit.actor,
            person=person,
            records=[UUID(pk) for pk in form.cleaned_data["records"]],
            reason=form.cleaned_data["reason"],
            now=visit.now,
        )
        return _undone(visit, made)

    if form.is_valid():
        return _once(visit, person, form, act, splitting=form)
    return _page(visit, person, splitting=form, status=400)


def _undo(visit: Visit, person: UUID) -> HttpResponse:
    """Undo a link that brought several records: all of them leave together."""
    form = Unlink(visit.request.POST)
    meant = visit.request.POST["link"]
    if not form.is_valid():
        return _page(visit, person, undoing=(meant, form), status=400)

    def act() -> str:
        rows = linked.linked_records(visit.actor, person, now=visit.now)
        links = linked.links_of_several(rows, linked.link_history(visit.actor, person))
        link = next((link for link in links if str(link.decision.pk) == meant), None)
        if link is None:
            raise NotHere(_("This link is undone, or has changed."), _("Go back to see how it is now."))
        made = corrections.take_apart(
            actor=visit.actor,
            person=person,
            records=[record.pk for record in link.records],
            reason=form.cleaned_data["reason"],
            now=visit.now,
        )
        return _undone(visit, made)

    return _once(visit, person, form, act, undoing=(meant, form))


def _choices(rows: list[Any]) -> list[tuple[str, str]]:
    """Each record by its name, agency and day, to choose from."""
    return [
        (
            str(row.pk),
            _("%(name)s, %(agency)s, recorded %(day)s")
            % {
                "name": words.name(people_cards.card_of_record(row)),
                "agency": row.agency.name,
                "day": words.day(agreements.local_day(row.recorded_at)),
            },
        )
        for row in rows
    ]


def _record(visit: Visit) -> Any:
    """The record that the form names."""
    try:
        pk = UUID(visit.request.POST["record"])
    except ValueError:
        raise NotHere(_("There is no such record."), _("Go back and choose one from the list.")) from None
    return linked.record_for_linking(visit.actor, pk)


def _check_linked(record: Any, person: UUID) -> None:
    if record.person_id != person:
        raise NotHere(
            _("This record is no longer linked to this person."), _("Go back to see how it is now.")
        )


def _join(visit: Visit, person: UUID) -> HttpResponse:
    """Decide that somebody found is this person."""
    form = Join(visit.request.POST)
    if not form.is_valid():
        return _page(visit, person, joining=form, status=400)

    def act() -> str:
        people.join(
            actor=visit.actor,
            other=queries.current(form.cleaned_data["other"]).pk,
            person=person,
            reason=form.cleaned_data["reason"],
            now=visit.now,
        )
        messages.success(visit.request, _("They are one person now, with all their records."))
        return reverse("child-records", kwargs={"person": person})

    return _once(visit, person, form, act, joining=form)


def _once(visit: Visit, person: UUID, form: Any, act: Any, **shown: Any) -> HttpResponse:
    try:
        return door.once(visit, act)
    except Invalid as problem:
        form.add_error("reason", str(problem.words))
        return _page(visit, person, **shown, status=400)


def _page(
    visit: Visit,
    person: UUID,
    *,
    unlinking: Any = (None, None),
    undoing: Any = (None, None),
    joining: Any = None,
    splitting: Any = None,
    status: int = 200,
) -> HttpResponse:
    rows = linked.linked_records(visit.actor, person, now=visit.now)
    today = agreements.local_day(visit.now)
    numbers = linked.numbers_of_linked(row.pk for row in rows)
    text = (visit.request.POST.get("q") or asked.text(visit)).strip()[:200]
    history = linked.link_history(visit.actor, person)
    links = linked.links_of_several(rows, history)
    together = {record.pk: link for link in links for record in link.records}
    context = {
        "person": person,
        "name": _name(rows),
        "records": [
            _row(row, numbers.get(row.pk, ()), unlinking, len(rows) > 1, today)
            | {"came": together.get(row.pk)}
            for row in rows
        ],
        "links": [_link(link, undoing) for link in links],
        "decisions": [{"decision": d, "words": VERDICTS.get(d.verdict, d.verdict)} for d in history],
        "text": text,
        "hits": _hits(visit, person, text, joining, today),
        "splitting": splitting
        or (Split(records=_choices(rows), auto_id="split-%s") if len(rows) > 2 else None),
        "split_open": splitting is not None,
        "token": door.new_token(),
        "problems": [form for form in (unlinking[1], undoing[1], joining, splitting) if form is not None],
        "page_errors": status == 400,
    }
    return render(visit.request, "people/records.html", context, status=status)


def _name(rows: list[Any]) -> str:
    named = next((row for row in rows if row.given or row.family), None)
    return words.name(people_cards.card_of_record(named)) if named else _("Name not recorded")


def _row(record: Any, numbers: Any, unlinking: Any, may_unlink: bool, today: Any) -> dict[str, Any]:
    card = people_cards.card_of_record(record)
    mine = unlinking[0] is not None and unlinking[0].pk == record.pk
    return {
        "record": record,
        "name": words.name(card),
        "born": words.born(card, today),
        "identifiers": [
            words.identifier(i.kind, i.value) for i in record.identifiers.all() if i.kind != nhs_numbers.NHS
        ],
        "numbers": [number_words.number(number) for number in numbers],
        "form": (unlinking[1] if mine else Unlink(auto_id=f"{record.pk}-%s")) if may_unlink else None,
        "token": door.new_token(),
        "open": mine,
    }


def _link(link: linked.LinkOfSeveral, undoing: Any) -> dict[str, Any]:
    """A link that brought several records, with a form that undoes it."""
    pk = str(link.decision.pk)
    return {
        "link": link,
        "name": _name(list(link.records)),
        "records": [name for _pk, name in _choices(list(link.records))],
        "form": undoing[1] if undoing[0] == pk else Unlink(auto_id=f"{pk}-%s"),
        "token": door.new_token(),
        "open": undoing[0] == pk,
    }


def _hits(visit: Visit, person: UUID, text: str, joining: Any, today: Any) -> list[dict[str, Any]]:
    """People like the text who are not this person, each with a form that says they are one."""
    if not text:
        return []
    chosen = joining.data.get("other") if joining is not None else ""
    return [
        {
            "name": words.name(match.card),
            "born": words.born(match.card, today),
            "grade_words": words.GRADES[match.comparison.grade],
            "grade": match.comparison.grade,
            "evidence": words.evidence_rows(match.comparison.evidence),
            "form": joining
            if str(match.card.person) == chosen
            else Join(initial={"other": match.card.person}, auto_id=f"{match.card.person}-%s"),
            "token": door.new_token(),
            "open": str(match.card.person) == chosen,
        }
        for match in finding.find(visit.actor, text, now=visit.now, limit=10)
        if match.card.person != person
    ]
