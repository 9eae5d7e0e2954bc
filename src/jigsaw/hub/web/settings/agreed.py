"""For the administrator: of which patterns people are told, and when schools are open, each from a day on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import access
from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.agreements import queries
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.settings.agreed_forms import Patterns, SchoolDays, holiday_words

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Authority


@practitioner_page
def patterns(visit: Visit) -> HttpResponse:
    """For administrators: change a pattern's figures, or switch it off or on, from a day on."""
    access.check_can_manage(visit.actor)
    today = queries.local_day(visit.now)
    form = Patterns(visit.request.POST or None, content=queries.pattern_content(on=today), today=today)
    return _page(visit, form, "patterns", {})


@practitioner_page
def school_days(visit: Visit) -> HttpResponse:
    """For administrators: when schools are open, of one authority (`of`, its GSS code) or of all without their own."""
    access.check_can_manage(visit.actor)
    today = queries.local_day(visit.now)
    authorities = agencies.authorities()
    authority = _authority(visit.request.GET.get("of", ""), authorities)
    kept = queries.school_days_content(on=today, authority=authority.pk if authority else None)
    lines = "\n".join(map(holiday_words, kept["holidays"]))
    form = SchoolDays(visit.request.POST or None, today=today, initial={**kept, "holidays": lines})
    more = {"authority": authority, "authorities": authorities.values()}
    return _page(visit, form, "school_days", more, authority=authority)


def _authority(code: str, known: dict[str, Authority]) -> Authority | None:
    if code and code not in known:
        raise NotHere(_("There is no such authority here."), _("Choose one of the list."))
    return known.get(code)


def _page(
    visit: Visit,
    form: Patterns | SchoolDays,
    kind: str,
    more: dict[str, Any],
    authority: Authority | None = None,
) -> HttpResponse:
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _put_in_force(visit, form, kind, authority))
        except Invalid as problem:
            form.take(problem)
    rows = [row for row in queries.all_settings() if row.kind == kind and row.authority == authority]
    context = {"form": form, "token": door.new_token(), "rows": rows, **more}
    return render(visit.request, f"settings/{kind}.html", context, status=400 if form.errors else 200)


def _put_in_force(visit: Visit, form: Patterns | SchoolDays, kind: str, authority: Authority | None) -> str:
    agreements.put_in_force(
        actor=visit.actor, kind=kind, content=form.content(), effective_from=form.cleaned_data["effective_from"],
        source=form.cleaned_data["source"], now=visit.now, authority=authority,
    )  # fmt: skip
    messages.success(visit.request, say("This holds from the day you gave."))
    return f"{reverse('settings')}#history"
