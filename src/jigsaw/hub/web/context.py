"""What does the frame of every page need to know?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.alerts import queries as alerts
from jigsaw.hub.disclosures import proposals
from jigsaw.hub.encompass import access as encompass_access
from jigsaw.hub.information_requests import queries as requests
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import emergencies
from jigsaw.hub.retention import access as retention_access
from jigsaw.hub.rights import access as rights_access
from jigsaw.hub.unscheduled_care import access as care_access
from jigsaw.hub.unscheduled_care import hearing, sorting_out
from jigsaw.hub.web import door

MANY = 99
"""More than so many are not counted on the menu: the place itself tells how many."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """The partnership, the time, who is signed in, and where they can go."""
    partnership = agencies.partnership()
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "partnership_name": partnership.name if partnership else "",
        "demonstration": bool(partnership and partnership.demonstration),
        "front_door_phone": partnership.front_door_phone if partnership else "",
        "now": getattr(request, "now", None) or timezone.now(),
        "signed_in": actor
        and {"name": actor.name, "job_title": actor.job_title, "agency": actor.agency_name},
        "actor": actor,
        "can_find": bool(actor and people_access.can_find(actor)),
        "form_owner": door.owner_mark(actor) if actor else "",
        "nav_items": _navigation(request, actor) if actor else [],
    }


def _navigation(request: HttpRequest, actor: Actor) -> list[dict[str, object]]:
    unread = alerts.unread_count(actor)
    helps = any(map(actor.may, ("request.answer", "referral.make", "referral.screen", "enquiry.lead")))
    places = [
        ("inbox", _("Requests"), requests.waiting_count(actor, up_to=MANY + 1), actor.may("request.answer")),
        ("releases", _("To be released"), proposals.count_waiting(actor), actor.may("item.release")),
        ("screening", _("Concerns"), 0, actor.may("referral.screen") or actor.may("enquiry.lead")),
        ("enquiries", _("Enquiries"), 0, actor.may("enquiry.lead")),
        ("referrals", _("Our concerns"), 0, actor.may("referral.make")),
        ("find", _("Children"), 0, people_access.can_find(actor)),
        ("care", _("Unscheduled care"), 0, care_access.can_look(actor)),
        ("encompass", _("Domestic abuse"), 0, encompass_access.has_some(actor)),
        ("alerts", _("Alerts"), hearing.waiting_count(actor), care_access.can_hear(actor)),
        (
            "messages",
            _("Messages"),
            sorting_out.waiting_count(actor),
            care_access.can_work_on_messages(actor),
        ),
        ("plans", _("Plans"), 0, care_access.can_keep_plans(actor)),
        ("pairs", _("Pairs"), 0, people_access.can_link(actor)),
        ("trace", _("NHS numbers"), 0, people_access.can_trace(actor)),
        ("emergencies", _("Emergencies"), 0, emergencies.can_review(actor)),
        ("rights", _("What families ask"), 0, rights_access.can_answer(actor)),
        ("retention", _("Past its time"), 0, retention_access.can_decide(actor)),
        ("feedback", _("Feedback"), 0, actor.may("request.answer") or actor.may("referral.make")),
        ("notices", _("For you"), unread, helps or unread > 0),
        ("agreements", _("Agreements"), 0, True),
        ("oversight", _("Oversight"), 0, actor.may("oversight.view")),
        ("settings", _("Settings"), 0, actor.may("settings.manage")),
    ]
    section = request.resolver_match.route.split("/")[0] if request.resolver_match else ""
    # A child's page is reached by finding the child.
    section = {"children": "find", "people": "people/pairs", "law": "agreements"}.get(section, section)
    return [
        {
            "url": reverse(name),
            "text": text,
            "badge": badge(number),
            "current": reverse(name).strip("/") == section,
        }
        for name, text, number, allowed in places
        if allowed
    ]


def badge(number: int) -> int | str:
    """What stands beside a place on the menu; 0 is not shown."""
    return number if number <= MANY else f"{MANY}+"
