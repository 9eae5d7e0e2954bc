"""Are the patterns that people are told of any use? By rule, without any child's details."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from jigsaw.hub.oversight import acted_on
from jigsaw.hub.oversight.queries import SMALLEST_SHOWN
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.oversight.views import in_words, shown


@practitioner_page
def start(visit: Visit) -> HttpResponse:
    """For those who oversee the partnership: by rule, how many patterns were looked at and led to something."""
    rows = [
        {
            "name": row.name,
            "told": shown(row.told),
            "looked_at": in_words(row.looked_at),
            "acted_on": in_words(row.acted_on),
        }
        for row in acted_on.acted_on(visit.actor, now=visit.now)
    ]
    return render(visit.request, "oversight/patterns.html", {"rows": rows, "least": SMALLEST_SHOWN})
