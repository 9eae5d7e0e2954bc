"""What can be disposed of, and for which reasons is something held back from it? In words."""

from django.utils.translation import gettext_lazy as _

WHAT_WORDS = {
    "entry": _("An entry, with all its versions"),
    "concern": _("A concern, with its enquiry, requests and answers"),
    "record": _("What the agency’s record says of somebody"),
    "plan": _("A plan, with its alerts"),
    "notice": _("A notice of domestic abuse"),
    "answer": _("What a family asked, and was told"),
}
HOLD_REASONS = {
    "inquiry": _("A public inquiry has asked for it to be kept"),
    "litigation": _("A claim or prosecution is under way or to be expected"),
    "review": _("A serious incident or child safeguarding practice review"),
    "police": _("The police have asked for it to be kept"),
    "complaint": _("A complaint, or the Information Commissioner is looking into it"),
    "other": _("Something else"),
}
EVENT_WORDS = {
    "birth": _("the birth of the youngest whom it is about"),
    "recorded": _("the day on which it was last written"),
}
