"""Where does a practitioner's day start? On the page of whatever their role does most."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from jigsaw.hub.web.door import Visit, practitioner_page

START = [
    ("referral.screen", "screening"),
    ("request.answer", "inbox"),
    ("enquiry.lead", "enquiries"),
    ("referral.make", "referrals"),
    ("oversight.view", "oversight"),
    ("settings.manage", "settings"),
    ("numbers.trace", "trace"),
    ("care.look", "care"),
    ("care.alerts", "alerts"),
    ("care.messages", "messages"),
    ("agreement.draft", "agreements"),
]


@practitioner_page
def home(visit: Visit) -> HttpResponse:
    """For everyone signed in: leads to the first page their role has."""
    return redirect(next((page for permission, page in START if visit.actor.may(permission)), "find"))
