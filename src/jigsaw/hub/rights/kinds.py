"""What can be asked, by whom, and for which reasons may something be left out of the answer?

The reasons are exemptions of the Data Protection Act 2018. None of them applies by itself: a person decides, each time.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

LOOKS, COPY = "looks", "copy"
KINDS = {
    COPY: _("A copy of what your agency holds"),
    LOOKS: _("Who has looked at the information"),
}
ASKED_AS = {
    "child": _("The child or young person themselves"),
    "parent": _("A parent, or somebody else with parental responsibility"),
    "adult": _("The adult whom the information is about"),
    "for_them": _("Somebody acting for them, such as a solicitor or advocate"),
}


@dataclass(frozen=True)
class Exemption:
    """A reason to leave something out: in words for whoever decides and for whoever asked, and where it is from."""

    words: object
    told: object
    source: str


EXEMPTIONS = {
    "serious_harm": Exemption(
        _("Telling would be likely to cause somebody serious harm"),
        _("Telling you would be likely to put somebody at risk of serious harm."),
        "DPA 2018, Schedule 3, paragraphs 5 (health), 11 (social work) and 19 (education)",
    ),
    "child_abuse": Exemption(
        _("It is about a child at risk of abuse, and telling is not in the child’s best interests"),
        _("Telling you would not be in the child’s best interests."),
        "DPA 2018, Schedule 3, paragraph 21",
    ),
    "expectation": Exemption(
        _("The child told it expecting that whoever asks now would not hear of it"),
        _("It was told to us in the expectation that it would not be passed on to you."),
        "DPA 2018, Schedule 3, paragraphs 4 (health) and 10 (social work)",
    ),
    "crime": Exemption(
        _("Telling would get in the way of preventing or finding out about a crime"),
        _("Telling you would be likely to get in the way of preventing or finding out about a crime."),
        "DPA 2018, Schedule 2, paragraph 2",
    ),
    "others": Exemption(
        _("It would tell of somebody else who has not agreed, and it is not reasonable without"),
        _("It is information about somebody else."),
        "DPA 2018, Schedule 2, paragraph 16",
    ),
    "restricted": Exemption(
        _("Another law forbids it, as with adoption records"),
        _("Another law does not let us tell you."),
        "DPA 2018, Schedule 4",
    ),
    "legal": Exemption(
        _("It is legal advice, or was made for court"),
        _("It is legally privileged."),
        "DPA 2018, Schedule 2, paragraph 19",
    ),
}
