"""What do templates say often? Agency tags, how something is known, ratings, due clocks and the larger parts.

Load with `{% load jigsaw %}`. Meaning is never by colour alone: every tag writes a word, most a shape too.
Drawings take the dataclasses of `jigsaw.hub.web.drawing`.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.web import forms
from jigsaw.hub.web.drawing import charts, marks, year
from jigsaw.hub.web.drawing import family as families

register = template.Library()

HOW_KNOWN = {
    "fact": _("Fact"),
    "opinion": _("Professional opinion"),
    "reported": _("Reported by others"),
    "child": _("Child’s own words"),
}
RATINGS = {"R": _("Red"), "A": _("Amber"), "G": _("Green"), "B": _("Blue")}
STATUSES = {
    "draft": _("Draft"),
    "sent": _("Sent"),
    "opened": _("Opened"),
    "claimed": _("Someone is on it"),
    "waiting": _("Waiting"),
    "review": _("Needs a person"),
    "answered": _("Answered"),
    "done": _("Done"),
    "overdue": _("Overdue"),
    "late": _("Late"),
    "withdrawn": _("Withdrawn"),
    "closed": _("Closed"),
}
EVIDENCE = {
    "agrees": ("=", _("Agrees")),
    "close": ("≈", _("Close")),
    "differs": ("≠", _("Differs")),
    "missing": ("–", _("Not known")),
    "secret": ("–", _("Not shown, because an address is kept secret")),
}


@register.filter
def as_attributes(attrs: dict[str, object]) -> SafeString:
    """{{ widget.attrs|as_attributes }}: each as name="value", with a space before it."""
    return flatatt(attrs)


@register.simple_tag
def agency_tag(code: str, short: str) -> SafeString:
    """{% agency_tag "PO" "Police" %}: sector code in its colour, and the agency's name."""
    code = marks.sector(code)
    return format_html(
        '<span class="hub-agency hub-b-{}"><span class="hub-agency__code" aria-hidden="true">{}</span>'
        '<span class="hub-agency__name">{}</span></span>',
        code,
        code,
        short,
    )


@register.simple_tag
def how_known(kind: str) -> SafeString:
    """{% how_known "fact" %}: fact ●, opinion ◆, reported ○ or child ❝, with the word."""
    return format_html(
        '<span class="hub-nature hub-nature--{}">{}{}</span>', kind, marks.key_mark(kind), HOW_KNOWN[kind]
    )


@register.filter
def how_known_words(kind: str) -> str:
    """{{ entry.kind|how_known_words }}: the word alone."""
    return str(HOW_KNOWN[kind])


@register.filter
def rating_words(code: str) -> str:
    """{{ "R"|rating_words }}: "Red"."""
    return str(RATINGS.get(code, code))


@register.simple_tag
def rating_chip(code: str, name: str = "") -> SafeString:
    """{% rating_chip "R" %} or {% rating_chip level.code level.name %}: partnerships name their own
    levels."""
    return format_html('<span class="hub-chip hub-chip--{}">{}</span>', code, name or rating_words(code))


@register.simple_tag
def status_tag(code: str, words: str = "") -> SafeString:
    """{% status_tag "opened" %}: a state in a word; `words` replaces the usual word."""
    return format_html(
        '<span class="hub-status hub-status--{}">{}</span>', code, words or STATUSES.get(code, code)
    )


@register.simple_tag
def due_ring(fraction: float, rating: str) -> SafeString:
    """{% due_ring 0.8 "R" %}: the share of the allowed time already used (0 to 1; more counts as 1)."""
    return marks.ring(fraction=fraction, rating=rating)


@register.simple_tag
def due_words(due: dt.datetime, now: dt.datetime) -> SafeString:
    """{% due_words request.due now %}: "48 min left" or "1 h 14 min late", kept true by the browser."""
    left, late = say("{} left"), say("{} late")
    words = (late if now > due else left).replace("{}", due_span(abs(due - now)))
    return format_html(
        '<time class="hub-due__left" datetime="{0}" data-due="{0}" data-left="{1}" data-late="{2}">'
        "{3}</time>",
        due.isoformat(),
        left,
        late,
        words,
    )


@register.filter
def due_span(span: dt.timedelta) -> str:
    """A length of time in words: "7 min", "1 h 05 min", from two days on "2 d 23 h". As span() in
    clocks.js."""
    minutes = int(span.total_seconds() // 60)
    if minutes >= 2880:
        return say("%(days)d d %(hours)d h") % {"days": minutes // 1440, "hours": minutes % 1440 // 60}
    if minutes >= 60:
        return say("%(hours)d h %(minutes)02d min") % {"hours": minutes // 60, "minutes": minutes % 60}
    return say("%(minutes)d min") % {"minutes": minutes}


@register.inclusion_tag("components/due.html")
def due_clock(due: dt.datetime, now: dt.datetime, rating: str, fraction: float) -> dict[str, Any]:
    """{% due_clock request.due now "R" request.used %}: ring, words and the moment itself."""
    local, today = timezone.localtime(due), timezone.localtime(now).date()
    on_day = formats.date_format(local, "H:i" if local.date() == today else "D j M, H:i")
    return {
        "due": due,
        "now": now,
        "late": now > due,
        "rating": rating,
        "fraction": fraction,
        "today": local.date() == today,
        "moment": on_day,
    }


@register.simple_tag
def why_link(url: str, about: str) -> SafeString:
    """{% why_link url "this was withheld" %}: the road to the reasons; `about` completes "Why" for the
    ear."""
    return format_html(
        '<a class="govuk-link hub-why" href="{}">{}<span class="govuk-visually-hidden"> {}</span></a>',
        url,
        say("Why"),
        about,
    )


@register.inclusion_tag("components/error_summary.html")
def error_summary(*sources: Any) -> dict[str, Any]:
    """{% error_summary form people_formset pairs %}: forms, formsets or (words, id) pairs; silent when
    well."""
    return {"problems": forms.problems(*sources)}


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """{% field form.name %}: the same as {{ form.name.as_field_group }}."""
    return bound.as_field_group()


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: dict[str, Any], page: Any, parameter: str = "page") -> dict[str, Any]:
    """{% pagination page_obj %}: for a Django Page; keeps the rest of the address (needs `request`)."""
    numbers = list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
    query = context["request"].GET.copy()

    def link(number: Any) -> str:
        query[parameter] = str(number)
        return "?" + query.urlencode()

    return {
        "page": page,
        "pages": [(number, link(number) if isinstance(number, int) else "") for number in numbers],
        "previous": link(page.previous_page_number()) if page.has_previous() else "",
        "next": link(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("components/empty.html")
def empty_state(title: str, text: str = "", url: str = "", link: str = "") -> dict[str, str]:
    """{% empty_state title text url link %}: nothing here, and what to do about it."""
    return {"title": title, "text": text, "url": url, "link": link}


@register.inclusion_tag("components/confirmation.html")
def confirmation(title: str, body: str = "", reference: str = "") -> dict[str, str]:
    """{% confirmation "Sent and recorded" "3 shared, 1 withheld" "RFI-1042" %}: the page's h1."""
    return {"title": title, "body": body, "reference": reference}


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows: Sequence[Any]) -> dict[str, Any]:
    """{% summary_list rows %}: each row has key, value and optionally url, link (a change link)."""
    return {"rows": rows}


@register.inclusion_tag("components/timeline.html")
def timeline(items: Sequence[Any]) -> dict[str, Any]:
    """{% timeline items %}: each has what, when (datetime or None), who, text, state (done, late, next or
    "")."""
    return {"items": items}


@register.inclusion_tag("components/tiles.html")
def tiles(items: Sequence[Any]) -> dict[str, Any]:
    """{% tiles items %}: each has figure, text, tone (late, soon, good or ""), optionally url."""
    return {"items": items}


@register.inclusion_tag("components/segments.html")
def segments(items: Sequence[Any], label: str) -> dict[str, Any]:
    """{% segments items "Whose requests" %}: each has url, text, current, optionally count."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/flags.html")
def flags(items: Sequence[Any]) -> dict[str, Any]:
    """{% flags items %}: patterns worth a closer look; each has figure, text, optionally url."""
    return {"items": items}


@register.inclusion_tag("components/match_evidence.html")
def match_evidence(rows: Sequence[Any], left: str, right: str) -> dict[str, Any]:
    """{% match_evidence rows left right %}: rows have field, left, right, outcome (see EVIDENCE) and
    words."""
    return {"rows": rows, "left": left, "right": right}


@register.filter
def evidence_sign(outcome: str) -> str:
    return EVIDENCE[outcome][0]


@register.filter
def evidence_words(outcome: str) -> str:
    return str(EVIDENCE[outcome][1])


@register.inclusion_tag("components/voice.html")
def voice(words: str, who: str, when: Any = None) -> dict[str, Any]:
    """{% voice entry.child_words "Katie" entry.when %}: what a child said, set apart and never
    paraphrased."""
    return {"words": words, "who": who, "when": when}


@register.inclusion_tag("components/family.html")
def family_diagram(family: families.Family, focus_id: str, today: dt.date) -> dict[str, Any]:
    """{% family_diagram family child.id today %}: diagram (wide and narrow), legend and its twin in words."""
    return {
        "wide": families.diagram(family, focus_id, today),
        "narrow": families.diagram(family, focus_id, today, narrow=True),
        "groups": families.words(family, focus_id),
        "legend": families.legend(family),
    }


@register.inclusion_tag("components/year.html")
def year_at_a_glance(overview: year.Overview) -> dict[str, Any]:
    """{% year_at_a_glance overview %}: events by agency (wide and narrow), legend and the counts in a
    table."""
    kinds = [kind for kind in HOW_KNOWN if any(event.kind == kind for event in overview.events)]
    return {
        "wide": year.lanes(overview),
        "narrow": year.lanes(overview, small=True),
        "kinds": kinds,
        "key_events": any(event.key for event in overview.events),
        "counts": year.counts(overview),
        "gaps": year.gaps(overview),
        "key_mark": marks.key_mark("fact", key=True),
    }


@register.inclusion_tag("components/stacked.html")
def stacked_chart(chart: charts.Stacked) -> dict[str, Any]:
    """{% stacked_chart chart %}: bars (wide and narrow), legend, and the same numbers in a table."""
    return {"chart": chart, "wide": charts.stacked(chart), "narrow": charts.stacked(chart, small=True)}


@register.inclusion_tag("components/line.html")
def line_chart(chart: charts.Line) -> dict[str, Any]:
    """{% line_chart chart %}: line with its target (wide and narrow), and the same numbers in a table."""
    return {"chart": chart, "wide": charts.line(chart), "narrow": charts.line(chart, small=True)}
