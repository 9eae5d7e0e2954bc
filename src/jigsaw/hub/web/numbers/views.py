"""Trace NHS numbers: what is to do, files out and in, the register asked, and decisions."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jigsaw.formats import nhs_trace
from jigsaw.formats.records import Unreadable
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.people import access, numbers
from jigsaw.hub.people.national_register.asking import off
from jigsaw.hub.people.tracing import by_file, deciding, one_by_one
from jigsaw.hub.people.tracing import questions as asked
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.numbers import words
from jigsaw.hub.web.numbers.forms import Answers, Decision, Doubt, Questions, Settling
from jigsaw.hub.web.people import words as people_words

IN_MEMORY = 1024 * 1024
PROBLEMS_SHOWN = 200


@practitioner_page
def start(visit: Visit) -> HttpResponse:
    """For those who trace their agency’s NHS numbers: what is to do, a file of answers, and decisions."""
    access.check_can_trace(visit.actor)
    if visit.request.method != "POST":
        _tell(visit)
        return _page(visit)
    acts: dict[str, Callable[[Visit], HttpResponse]] = {
        "answers": _answers,
        "ask": _ask,
        "decide": _decide,
        "question": _question,
        "settle": _settle,
    }
    act = acts.get(visit.request.POST.get("do", ""))
    return act(visit) if act else redirect("trace")


@practitioner_page
def questions(visit: Visit) -> HttpResponse:
    """For those who trace their agency’s NHS numbers: the questions as a file, each noted as asked."""
    access.check_can_trace(visit.actor)
    if visit.request.method != "POST":
        return redirect("trace")
    form = Questions(visit.request.POST)
    if not form.is_valid():
        return _page(visit, asking=form, status=400)
    chosen = form.cleaned_data["what"]
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, mode="w+b")  # noqa: SIM115 - the answer closes it
    try:
        asked.write_questions(
            actor=visit.actor,
            write=lambda line: out.write(line.encode()),
            now=visit.now,
            kinds=[kind for kind in chosen if kind != "again"],
            shape=form.cleaned_data["shape"],
            again="again" in chosen,
        )
    except Invalid as problem:
        form.add_error("what", str(problem.words))
        return _page(visit, asking=form, status=400)
    out.seek(0)
    name = f"nhs-numbers-{agreements.local_day(visit.now):%Y-%m-%d}.csv"
    return FileResponse(out, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _answers(visit: Visit) -> HttpResponse:
    """Take a file of answers. Sent twice, the second changes nothing, so it needs no token."""
    form = Answers(visit.request.POST, visit.request.FILES)
    if not form.is_valid():
        return _page(visit, answering=form, status=400)
    file = form.cleaned_data["answers"]

    def read() -> Any:
        file.seek(0)
        return nhs_trace.read(file, answered=True)

    try:
        report = by_file.take_answers(actor=visit.actor, filename=file.name, read=read, now=visit.now)
    except Unreadable as problem:
        form.add_error("answers", problem.message)
        return _page(visit, answering=form, status=400)
    return _page(visit, report=report)


def _ask(visit: Visit) -> HttpResponse:
    """Ask the register about one record."""
    if settings.NATIONAL_REGISTER is None:
        raise off()
    record = _uuid(visit, "record")

    def act() -> str:
        from jigsaw.hub.people.national_register.client import Pds

        trace = one_by_one.ask_register(
            actor=visit.actor, record=record, register=Pds(settings.NATIONAL_REGISTER), now=visit.now
        )
        to = _back(visit)
        return f"{to}{'&' if '?' in to else '?'}asked={trace}"

    return door.once(visit, act)


def _tell(visit: Visit) -> None:
    """Say what the register answered to the question that led here, if one did."""
    try:
        said = numbers.answer_to(visit.actor, UUID(visit.request.GET.get("asked", "")))
    except ValueError:
        return
    if said is not None and said.outcome == "taken":
        messages.success(visit.request, _("The register is certain: the number is on the record now."))
    elif said is not None:
        messages.info(visit.request, _in_words(said))


def _in_words(said: numbers.Answered) -> str:
    if said.outcome == "waiting":
        return _("The register has an answer that you need to decide on.")
    if said.answered_at is None:
        return _("The register has not answered yet. Look again in a few minutes.")
    told = [words.STATES.get(said.state, said.state), *(words.DOUBTS.get(d, d) for d in said.doubts)]
    return ". ".join(str(part).rstrip(".") for part in told) + "."


def _decide(visit: Visit) -> HttpResponse:
    """Use a number that a register found, or never."""
    trace, form = (
        _uuid(visit, "trace"),
        Decision(visit.request.POST, auto_id=f"{visit.request.POST['trace']}-%s"),
    )
    if not form.is_valid():
        return _page(visit, deciding=(trace, form), status=400)
    accepts = form.cleaned_data["verdict"] == "accept"

    def act() -> str:
        decide = deciding.accept if accepts else deciding.reject
        decide(actor=visit.actor, trace=trace, reason=form.cleaned_data["reason"], now=visit.now)
        words_ = (
            _("The number is on the record now.") if accepts else _("The number is not used for this child.")
        )
        messages.success(visit.request, words_)
        return _back(visit)

    try:
        return door.once(visit, act)
    except Invalid as problem:
        form.add_error("reason", str(problem.words))
        return _page(visit, deciding=(trace, form), status=400)


def _question(visit: Visit) -> HttpResponse:
    """Say that a number on a record is in doubt, or is not any more."""
    record = _uuid(visit, "record")
    value = visit.request.POST.get("value", "")[:80]
    form = Doubt(visit.request.POST, auto_id=f"{record}-{value}-%s")
    if not form.is_valid():
        return _page(visit, doubting=(record, value, form), status=400)
    disputed = visit.request.POST.get("disputed") == "1"

    def act() -> str:
        deciding.question(
            actor=visit.actor,
            record=record,
            value=value,
            disputed=disputed,
            reason=form.cleaned_data["reason"],
            now=visit.now,
        )
        done = (
            _("The number is marked as in doubt.") if disputed else _("The number is not in doubt any more.")
        )
        messages.success(visit.request, done)
        return _back(visit)

    try:
        return door.once(visit, act)
    except Invalid as problem:
        form.add_error("reason", str(problem.words))
        return _page(visit, doubting=(record, value, form), status=400)


def _settle(visit: Visit) -> HttpResponse:
    """Decide about a number that is said to be no longer the one to use."""
    record = _uuid(visit, "record")
    value = visit.request.POST.get("value", "")[:80]
    form = Settling(visit.request.POST, auto_id=f"settle-{record}-{value}-%s")
    if not form.is_valid():
        return _page(visit, settling=(record, value, form), status=400)

    def act() -> str:
        deciding.settle(actor=visit.actor, record=record, value=value, now=visit.now, **form.cleaned_data)
        messages.success(visit.request, words.SETTLED[form.cleaned_data["verdict"]])
        return _back(visit)

    try:
        return door.once(visit, act)
    except Invalid as problem:
        form.take(problem)
        return _page(visit, settling=(record, value, form), status=400)


def _uuid(visit: Visit, name: str) -> UUID:
    try:
        return UUID(visit.request.POST.get(name, ""))
    except ValueError:
        raise NotHere(_("There is no such record."), _("Go back and choose one from the list.")) from None


def _kind(visit: Visit) -> str:
    """The list that is shown: the one asked for, or the first with something in it."""
    return str(visit.request.POST.get("show") or visit.request.GET.get("show") or "")


def _back(visit: Visit) -> str:
    kind = _kind(visit)
    return f"{reverse('trace')}?show={kind}" if kind in numbers.KINDS else reverse("trace")


# --- the page -----------------------------------------------------------------------------------------------


def _page(
    visit: Visit,
    *,
    asking: Form | None = None,
    answering: Form | None = None,
    deciding: tuple[Any, Any] = (None, None),
    doubting: tuple[Any, Any, Any] = (None, None, None),
    settling: tuple[Any, Any, Any] = (None, None, None),
    report: by_file.Answers | None = None,
    status: int = 200,
) -> HttpResponse:
    counts = numbers.counts(visit.actor, now=visit.now)
    kind = _kind(visit)
    if kind not in counts:
        kind = next((name for name, count in counts.items() if count and name != "asked"), "missing")
    number = _page_number(visit)
    found = numbers.listed(visit.actor, kind, now=visit.now, page=number)
    forms = (deciding, doubting, settling)
    context = {
        "kind": kind,
        "kind_words": words.KINDS[kind],
        "explained": words.EXPLAINED[kind],
        "segments": [_segment(name, count, kind) for name, count in counts.items()],
        "rows": [_row(visit, row, kind, forms) for row in found.rows],
        "clashes": [
            {"words": words.clash(each), "rows": [_row(visit, row, kind, forms) for row in each.rows]}
            for each in found.clashes
        ],
        "asking": asking or Questions(),
        "answering": answering or Answers(),
        "problems": [
            form for form in (asking, answering, deciding[1], doubting[2], settling[2]) if form is not None
        ],
        "page_errors": status == 400,
        "report": _report(report) if report else None,
        "register_on": settings.NATIONAL_REGISTER is not None,
        "token": door.new_token(),
        "previous": number - 1 if number > 1 else 0,
        "next": number + 1 if found.more else 0,
    }
    return render(visit.request, "numbers/start.html", context, status=status)


def _page_number(visit: Visit) -> int:
    told = visit.request.GET.get("page", "")
    return int(told) if told.isascii() and told.isdigit() and 0 < len(told) < 7 and int(told) > 0 else 1


def _segment(name: str, count: int, kind: str) -> dict[str, Any]:
    return {
        "url": f"?show={name}",
        "text": words.KINDS[name],
        "current": name == kind,
        "count": f"{numbers.COUNTED}+" if count > numbers.COUNTED else count,
    }


def _row(visit: Visit, row: numbers.Row, kind: str, forms: Any) -> dict[str, Any]:
    (trace, decision), (doubted, value, doubt), settling = forms
    last = row.last
    waiting = last is not None and last.outcome == "waiting" and kind == "decide"
    return {
        "record": row.record,
        "person": row.card.person,
        "name": people_words.name(row.card),
        "born": people_words.born(row.card, agreements.local_day(visit.now)),
        "agency": row.agency,
        "sector": row.sector,
        "numbers": [
            {
                **words.number(each),
                "settle": _settling(row, each, settling) if kind == "inactive" and each.to_settle else None,
                "form": doubt
                if doubted == row.record and value == each.value
                else Doubt(auto_id=f"{row.record}-{each.value}-%s"),
                "open": doubted == row.record and value == each.value,
                "token": door.new_token(),
            }
            for each in row.numbers
        ],
        "answer": words.answer(last) if last else "",
        "found": people_words.nhs(last.number) if waiting and last else "",
        "state": words.STATES.get(last.state, last.state) if last else "",
        "score": words.score(last) if last else "",
        "day": words.day(last.answered_at) if last and last.answered_at else "",
        "doubts": words.doubts(last) if last else [],
        "restricted": bool(last and last.restricted),
        "lacks": [words.LACKS[name] for name in row.lacks],
        "trace": last.trace if last else "",
        "decision": (
            (decision if trace == last.trace else Decision(auto_id=f"{last.trace}-%s"))
            if waiting and last
            else None
        ),
        "may_ask": kind in ("missing", "check"),
        "links": kind in numbers.ACROSS or (kind == "inactive" and access.can_link(visit.actor)),
        "may_link": access.can_link(visit.actor),
        "token": door.new_token(),
    }


def _settling(row: numbers.Row, number: numbers.Number, sent: tuple[Any, Any, Any]) -> Form:
    """The form for this number: as it was sent, if this is the one, else with what is said to have taken its place."""
    record, value, form = sent
    if form is not None and (record, value) == (row.record, number.value):
        return cast(Form, form)
    said = [*(one.instead for one in number.reports), *(word.superseded_by for word in number.history[:1])]
    return Settling(
        auto_id=f"settle-{row.record}-{number.value}-%s",
        initial={"instead": people_words.nhs(next(filter(None, said), ""))},
    )


def _linked(report: by_file.Answers) -> list[str]:
    """What the new numbers led to, if anything."""
    told = (
        (report.linked, _("%(n)d linked to another agency’s record, certain by the new number")),
        (report.to_review, _("%(n)d alike enough to another record that somebody should look")),
    )
    return [words_ % {"n": count} for count, words_ in told if count]


def _report(report: by_file.Answers) -> dict[str, Any]:
    return {
        "filename": report.filename,
        "lines": [
            ngettext("%(n)d row", "%(n)d rows", report.read) % {"n": report.read},
            _("%(n)d brought or confirmed a number") % {"n": report.taken},
            _("%(n)d for you to decide") % {"n": report.waiting},
            _("%(n)d found nobody, or too many") % {"n": report.nothing},
            _("%(n)d taken before") % {"n": report.unchanged},
            _("%(n)d left out") % {"n": report.rejected},
            *_linked(report),
        ],
        "problems": report.problems[:PROBLEMS_SHOWN],
        "more": max(len(report.problems) - PROBLEMS_SHOWN, 0),
    }
