"""What can be asked, by whom, and for which reasons may something be left out of the answer?

The reasons are exemptions of the Data Protection Act 2018. None of them applies by itself: a person decides, each time.
Which of the paragraphs cited are confirmed, and by what: docs/reference/law-of-what-families-ask.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

LOOKS, COPY = "looks", "copy"
OBJECTION, DISAGREE, ERASURE = "objection", "disagree", "erasure"
KINDS = {
    COPY: _("A copy of what your agency holds"),
    LOOKS: _("Who has looked at the information"),
    OBJECTION: _("They object to something being held or shared"),
    DISAGREE: _("They say that something is wrong, or not the whole of it"),
    ERASURE: _("They ask for something to be erased"),
}
SAYING = (OBJECTION, DISAGREE, ERASURE)
"""What a family says of entries, in its own words: noted on a page of its own, and decided by whoever holds them."""
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


STANDS, STOPPED, CORRECTED = "stands", "stopped", "corrected"
ERASE, ERASED, REFUSED = "erase", "erased", "refused"
"""What becomes of one thing that is to be erased: decided, done after somebody else has signed it, or refused."""


@dataclass(frozen=True)
class Outcome:
    """What becomes of what a family says: in words for whoever decides, and for the family."""

    words: object
    told: object


OUTCOMES = {
    CORRECTED: Outcome(
        _("It is put right: your agency has corrected or withdrawn it"),
        _(
            "We have put right what you told us about. Whoever had been told it has been told that it was put right."
        ),
    ),
    STOPPED: Outcome(
        _("It is not shared any more: whoever was told it no longer sees it, and hears so"),
        _("We have stopped sharing this. Whoever had been told it no longer sees it, and has been told so."),
    ),
    STANDS: Outcome(
        _("Your agency stands by it: the family’s words stay beside it, wherever it is read"),
        _(
            "We stand by what we wrote and by what we share. Your own words stay beside it, and whoever reads it is"
            " told that you disagree."
        ),
    ),
}


@dataclass(frozen=True)
class Ground:
    """Why an agency may stand by it: as `Exemption`, and for which kinds of what a family says."""

    words: object
    told: object
    source: str
    kinds: tuple[str, ...] = (OBJECTION,)


GROUNDS = {
    "compelling": Ground(
        _("There are compelling reasons that weigh more than theirs, such as keeping a child safe"),
        _("There are compelling reasons, such as keeping a child safe, which weigh more than your reasons."),
        "UK GDPR, Article 21(1)",
    ),
    "obligation": Ground(
        _("A law obliges your agency to hold or share it: there is no right to object to that"),
        _("A law obliges us to hold or share it, and there is no right to object to that."),
        "UK GDPR, Articles 6(1)(c) and 21(1)",
    ),
    "claims": Ground(
        _("It is needed for a legal claim"),
        _("It is needed to make, exercise or defend a legal claim."),
        "UK GDPR, Article 21(1)",
    ),
    "accurate": Ground(
        _("It is right and complete as it stands, as far as your agency can find out"),
        _("As far as we can find out, it is right and complete as it stands."),
        "UK GDPR, Articles 5(1)(d) and 16",
        (DISAGREE,),
    ),
    "opinion": Ground(
        _("It is somebody’s opinion at the time, marked as one: it is a true record of it"),
        _("It is somebody’s opinion at the time, marked as one. It is a true record that they held it."),
        "UK GDPR, Articles 5(1)(d) and 16",
        (DISAGREE,),
    ),
    "law_enforcement": Ground(
        _("It is held to prevent or find out about a crime, by an agency that the law gives that task"),
        _("It is held to prevent or find out about a crime, for which the law has rules of its own."),
        "DPA 2018, Part 3",
        SAYING,
    ),
    "duty": Ground(
        _("A law obliges your agency to hold it"),
        _("A law obliges us to hold it. Where that is so, there is no right to have it erased."),
        "UK GDPR, Article 17(3)(b)",
        (ERASURE,),
    ),
    "task": Ground(
        _(
            "It is needed for a task in the public interest, or of public authority, such as safeguarding children"
        ),
        _(
            "We need it for a task that the law gives us, such as safeguarding children. Where that is so, there is no"
            " right to have it erased."
        ),
        "UK GDPR, Article 17(3)(b)",
        (ERASURE,),
    ),
    "at_risk": Ground(
        _(
            "It is still needed to keep a child, or an adult at risk, safe, and is lawfully held: none of the reasons"
            " for erasing applies. The safeguarding condition allows holding it; it is no exemption by itself"
        ),
        _("It is still needed to keep somebody safe, and we hold it lawfully for that."),
        "UK GDPR, Article 17(1)(a) and (d); DPA 2018, Schedule 1, paragraph 18 (a condition for holding it)",
        (ERASURE,),
    ),
    "archiving": Ground(
        _(
            "It is kept as an archive in the public interest or for research, which erasing it would badly harm"
        ),
        _(
            "It is kept in an archive in the public interest or for research, which erasing it would badly harm."
        ),
        "UK GDPR, Article 17(3)(d)",
        (ERASURE,),
    ),
    "defence": Ground(
        _("It is needed to make, exercise or defend a legal claim"),
        _("It is needed to make, exercise or defend a legal claim."),
        "UK GDPR, Article 17(3)(e)",
        (ERASURE,),
    ),
    "not_met": Ground(
        _(
            "None of the reasons for erasing is met: it is lawfully held, and still needed for what it was written for"
        ),
        _("It is lawfully held, and still needed for what it was written for."),
        "UK GDPR, Article 17(1)",
        (ERASURE,),
    ),
}
