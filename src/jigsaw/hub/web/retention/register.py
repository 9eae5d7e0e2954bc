"""The register of what was disposed of, as a page and as files; and the schedule that it follows."""

from __future__ import annotations

import csv
import json

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from jigsaw.hub.agreements.queries import local_day
from jigsaw.hub.retention import access, finding, register
from jigsaw.hub.retention.kinds import EVENT_WORDS, WHAT_WORDS
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.retention.places import places


@practitioner_page
def listed(visit: Visit) -> HttpResponse:
    """For those who decide on disposals: what their agency disposed of, under which rule, by whom, and the proof."""
    rows = [{"row": row, "what": WHAT_WORDS[row.what], "rows": sum(row.rows.values()),
             "proof": [row.proof[at : at + 8] for at in range(0, 64, 8)]}
            for row in register.listed(visit.actor, now=visit.now)]  # fmt: skip
    return render(
        visit.request, "retention/register.html", {"rows": rows, "places": places("retention-register")}
    )


@practitioner_page
def as_csv(visit: Visit) -> HttpResponse:
    """For those who decide on disposals: the register of their agency, for a spreadsheet. No personal words."""
    lines = register.taken_out(visit.actor, form="csv", now=visit.now)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="disposals.csv"'
    writer = csv.DictWriter(answer, fieldnames=register.COLUMNS)
    writer.writeheader()
    writer.writerows({**line, "rows": json.dumps(line["rows"])} for line in lines)
    return answer


@practitioner_page
def as_json(visit: Visit) -> HttpResponse:
    """For those who decide on disposals: the register of their agency, for machines. No personal words."""
    lines = register.taken_out(visit.actor, form="json", now=visit.now)
    answer = JsonResponse({"format": register.FORMAT, "disposals": lines}, json_dumps_params={"indent": 1})
    answer["Content-Disposition"] = 'attachment; filename="disposals.json"'
    return answer


@practitioner_page
def schedule(visit: Visit) -> HttpResponse:
    """For those who decide on disposals: how long what is kept, from when, and where that is written."""
    access.check_can_decide(visit.actor)
    rules = finding.rules(on=local_day(visit.now))
    rows = [
        {
            "rule": rule,
            "what": [words for what, words in WHAT_WORDS.items() if what in rule.what],
            "keep": [{"years": keep.years, "event": EVENT_WORDS[keep.event]} for keep in rule.keep],
        }
        for rule in sorted(rules, key=lambda rule: (not rule.agreement, rule.code))
    ]
    return render(
        visit.request, "retention/schedule.html", {"rows": rows, "places": places("retention-schedule")}
    )
