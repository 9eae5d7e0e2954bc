"""How do codes about people read in words? Grades, sectors, numbers, ages, and what somebody did."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from jigsaw.hub.kit.clock import age_on
from jigsaw.hub.people.cards import Card

SECTORS = {
    "SC": _("Social care"),
    "PO": _("Police"),
    "HE": _("Health"),
    "ED": _("Education"),
    "HO": _("Housing"),
    "VC": _("Charity"),
    "XX": _("Partnership"),
}

GRADES = {
    "certain": _("Certain"),
    "probable": _("Probable"),
    "possible": _("Possible"),
    "no_match": _("Too little to tell"),
}

FIELDS = {
    "given_name": _("First name"),
    "family_name": _("Family name"),
    "birth_date": _("Date of birth"),
    "nhs_number": _("NHS number"),
    "upn": _("Unique pupil number"),
    "identifier": _("Record number"),
    "household": _("Home and contacts"),
}

IDENTIFIERS = {
    "nhs_number": _("NHS number"),
    "upn": _("Unique pupil number"),
    "former_upn": _("Earlier unique pupil number"),
    "uln": _("Unique learner number"),
    "mother_nhs_number": _("Mother’s NHS number"),
    "pnc_id": _("Police National Computer number"),
    "la_child_id": _("Children’s services number"),
    "local_id": _("Local number"),
}

# What is said beside an NHS number, by how it stands; and in which order several are told.
NUMBER_NOTES = {
    "verified": _("Verified by a national register"),
    "superseded": _("Superseded: another number is used now"),
    "invalid": _("Not in use: no register knows it as theirs"),
    "disputed": _("In doubt: it may be somebody else’s"),
}
NUMBERS_IN_ORDER = {"verified": 0, "superseded": 3, "invalid": 3, "disputed": 2}

ADDRESS_USES = {
    "home": _("Lives at"),
    "temp": _("Staying at"),
    "old": _("Lived at"),
    "work": _("Works at"),
}

# The parts of an entry, where it is said which of them were corrected.
PARTS = {
    "kind": _("the kind"),
    "about": _("whom it is about"),
    "happened_on": _("the day"),
    "happened_at": _("the time"),
    "title": _("what happened, in a few words"),
    "text": _("the whole of it"),
    "child_words": _("the child’s own words"),
    "how_known": _("how it is known"),
    "source": _("where it comes from"),
    "key_event": _("whether it is a key event"),
    "protect": _("what must not leave with it"),
    "about_adult": _("whether it is about an adult"),
    "special_category": _("whether it is about health or private life"),
    "police_grading": _("its grading"),
    "sealed": _("whether it is sealed"),
}

TAKEN_OUT = {
    "scripts": _("scripts"),
    "files": _("files inside the file"),
    "programs": _("commands that start a program"),
    "links": _("links"),
    "sending": _("buttons that send what is filled in somewhere"),
    "media": _("sound and film"),
    "form": _("the form’s fields (what was filled in stays)"),
    "signature": _("a digital signature"),
    "notes": _("comments (what was marked on the page stays)"),
    "layers": _("layers (all of them show)"),
    "bookmarks": _("bookmarks"),
    "reading_order": _("marks for screen readers"),
    "about": _("who made it, when and with what"),
    "place": _("where the picture was taken"),
    "camera": _("when and with which camera it was taken"),
    "colours": _("a colour profile (the colours were adjusted)"),
    "further_pictures": _("further pictures in the same file: only the first is kept"),
}
"""What a clean copy of a document lacks that the file had, by the codes of `jigsaw.papers`."""
PAPERS = {"pdf": _("PDF"), "jpeg": _("picture"), "png": _("picture"), "text": _("text")}

ACTIONS = {
    "person.viewed": _("Looked at this page"),
    "person.printed": _("Printed this record"),
    "person.searched": _("Searched, and this person came up"),
    "person.none_of_these": _("Searched, and said that it was none of those found"),
    "person.matched": _("Compared a record with this person"),
    "person.records_viewed": _("Looked at the linked records"),
    "person.linked": _("Linked a record to this person"),
    "person.unlinked": _("Unlinked a record"),
    "person.kept_apart": _("Decided that two records are not one person"),
    "person.corrected": _("Undid what followed from a wrong link"),
    "entry.corrected": _("Corrected an entry"),
    "entry.withdrawn": _("Withdrew an entry"),
    "document.attached": _("Attached a document to an entry"),
    "document.opened": _("Opened a document"),
    "document.taken_off": _("Took a document off an entry"),
    "document.infected": _("Tried to attach a file that the virus scanner takes for harmful"),
    "entry.versions_viewed": _("Looked at an entry and its earlier versions"),
    "correction.viewed": _("Read that two people were taken for one"),
    "pair.list_viewed": _("Saw the name in the list of pairs"),
    "pair.viewed": _("Compared two records that may be one person"),
    "pair.reviewed": _("Decided whether two records are one person"),
    "pair.settled": _("Settled whether two records are one person"),
    "pair.second_look_asked": _("Asked a colleague to look at two records as well"),
    "entry.moved": _("Moved an entry to the person it is about"),
    "entry.said_of_whom": _("Said which of two people an entry is about"),
    "item.taken_back": _("Took back an entry that was about somebody else"),
    "referral.routed_again": _("A concern went to another worker"),
    "person.refused": _("Asked to see this person and was refused"),
    "person.held": _("Wrote down a record of this person"),
    "partner_hub.considered": _("Thought of asking another area about this person"),
    "partner_hub.asked": _("Asked another area whether they know this person"),
    "partner_hub.answered": _("Was answered by another area about this person"),
    "partner_hub.asked_us": _("Another area asked, and was told to ring about this person"),
    "never_answer.put_on": _("Said that no other area is answered about this person"),
    "never_answer.looked_at_again": _("Said that still no other area is answered about this person"),
    "never_answer.taken_off": _("Said that other areas may be answered about this person again"),
    "never_answer.viewed": _("Looked whether other areas are answered about this person"),
    "never_answer.list_viewed": _("Saw the name in the list of those about whom no area is answered"),
    "alert.sent": _("The authority was told: came to, or was looked up in, unscheduled care"),
    "alert.cancelled": _("An alert of unscheduled care was taken back"),
    "alert.list_viewed": _("Saw the name in the list of alerts"),
    "alert.opened": _("Opened an alert of unscheduled care"),
    "alert.acted_on": _("Acted on an alert of unscheduled care"),
    "alert.escalated": _("An alert that nobody had opened went to a named person"),
    "care.looked": _("Looked, in unscheduled care, whether there is a plan"),
    "care.chosen": _("Said, in unscheduled care, that it is this person"),
    "care.viewed": _("Saw, in unscheduled care, that there is a plan"),
    "care.recent_viewed": _("Saw the name among those looked up last in unscheduled care"),
    "attendance.received": _("A setting’s system told of an attendance"),
    "attendance.decided": _("Decided whether an attendance is of this person"),
    "attendance.listed": _("Saw the name in the list of attendances to match"),
    "encompass.sent": _("The police told the school of domestic abuse at home"),
    "encompass.opened": _("Read a notice of domestic abuse"),
    "encompass.acknowledged": _("Acknowledged a notice of domestic abuse"),
    "encompass.escalated": _("A notice of domestic abuse that nobody had opened went to a named person"),
    "encompass.list_viewed": _("Saw the name in the list of domestic abuse notices"),
    "pattern.found": _("The hub found a pattern and told whoever must know"),
    "pattern.viewed": _("Looked at a pattern"),
    "pattern.list_viewed": _("Saw the name in the list of patterns"),
    "pattern.looked_at": _("Said what came of a pattern"),
    "plan.kept": _("Began a plan"),
    "plan.corrected": _("Corrected a plan"),
    "plan.ended": _("Ended a plan"),
    "plan.withdrawn": _("Withdrew a plan"),
    "plan.moved_at_birth": _("Moved a plan to the baby at birth"),
    "plan.viewed": _("Read when a plan runs"),
    "plan.considered": _("Was about to begin a plan"),
    "plan.list_viewed": _("Saw the name in the list of plans"),
    "plans.loaded": _("Loaded a return with plans"),
    "numbers.listed": _("Saw the name in the list of NHS numbers to trace"),
    "numbers.asked": _("Wrote a question to a national register into a file"),
    "numbers.answered": _("Took a national register’s answer from a file"),
    "number.asked": _("Asked a national register for the NHS number"),
    "number.answered": _("Was answered by a national register"),
    "number.decided": _("Decided on an NHS number that a register found"),
    "number.questioned": _("Said whether an NHS number is in doubt"),
    "records.lent": _("Let an agency see a record, for a purpose"),
    "records.lending_ended": _("Ended what an agency was let see"),
    "relationship.noted": _("Recorded who is related to whom"),
    "involvement.noted": _("Recorded who works with this person"),
    "import.loaded": _("Loaded a file"),
    "conflict.declared": _("Recorded that a practitioner is too close to this person"),
    "chronology.viewed": _("Read the chronology"),
    "entry.added": _("Added an entry"),
    "audit.viewed": _("Looked at who has looked"),
    "referral.made": _("Raised a concern"),
    "referral.viewed": _("Read a concern"),
    "referral.rated": _("Rated a concern"),
    "referral.closed": _("Closed a concern with advice"),
    "referral.acknowledged": _("Acknowledged a concern"),
    "referral.queue_viewed": _("Saw the name in the list of concerns"),
    "referral.sent_viewed": _("Saw the name in their agency’s own concerns"),
    "enquiry.opened": _("Opened an enquiry"),
    "enquiry.viewed": _("Read an enquiry"),
    "enquiry.list_viewed": _("Saw the name in the list of enquiries"),
    "enquiry.handed_over": _("Handed an enquiry over"),
    "enquiry.decided": _("Decided what happens next"),
    "enquiry.closed": _("Closed an enquiry"),
    "inbox.viewed": _("Saw the name in the list of requests"),
    "request.sent": _("Asked other agencies"),
    "request.viewed": _("Read a request"),
    "request.opened": _("Opened a request"),
    "request.claimed": _("Took on a request"),
    "request.handed_over": _("Handed a request over"),
    "request.extended": _("Gave a request more time"),
    "request.chased": _("Chased a request"),
    "request.escalated": _("A late request went to a named lead"),
    "request.asked_again": _("Asked again"),
    "request.look_again": _("Looked at their agency’s answer again"),
    "request.items_viewed": _("Read what their agency holds, to decide on a request"),
    "request.answered": _("Answered a request"),
    "answer.viewed": _("Read an answer"),
    "answer.reminded": _("Were reminded to look at an answer again"),
    "verdict.viewed": _("Read why something was shared or withheld"),
    "item.shared": _("Shared an entry"),
    "item.shared_in_part": _("Shared part of an entry"),
    "item.withheld": _("Withheld an entry"),
    "person.opened_in_emergency": _("Opened the page in an emergency, without having been let in"),
    "emergency.listed": _("Saw the name in the list of emergencies"),
    "emergency.viewed": _("Read why the page was opened in an emergency"),
    "emergency.reviewed": _("Looked at an emergency afterwards"),
    "emergency.escalated": _("An emergency that nobody had looked at went to a named person"),
    "rights.noted": _("Wrote down what the family asked"),
    "rights.listed": _("Saw the name in the list of what families ask"),
    "rights.viewed": _("Read what the family asked"),
    "rights.extended": _("Took more time to answer the family"),
    "rights.settled": _("Decided what is left out of the answer to the family"),
    "rights.decided": _("Decided what the family is told"),
    "rights.taken_out": _("Took out the answer to the family"),
    "retention.listed": _("Saw the name in the list of what is past its time"),
    "retention.viewed": _("Looked at something that is past its time"),
    "retention.kept": _("Kept something longer that is past its time"),
    "retention.copied": _("Took out something that is past its time"),
    "retention.disposed": _("Disposed of something"),
    "retention.asked_listed": _("Saw the name in the list of what is to be erased"),
    "retention.asked_viewed": _("Looked at something that is to be erased"),
    "retention.asked_refused": _("Refused to erase something that a family asked about"),
    "retention.holds_listed": _("Saw the name in the list of legal holds"),
    "retention.hold_viewed": _("Read why a legal hold was placed"),
    "retention.hold_placed": _("Placed a legal hold"),
    "retention.hold_released": _("Released a legal hold"),
    "unusual.looked_at": _("Asked a colleague about a look that stood out"),
    "feedback.given": _("Gave feedback"),
    "feedback.list_viewed": _("Saw the name in the list of feedback"),
    "feedback.read": _("Read feedback"),
}


def did(action: str) -> str:
    """What an audit action was, in words; an action without words of its own is named by its code."""
    return str(ACTIONS.get(action, action.replace(".", ": ").replace("_", " ")))


def purpose(text: str) -> str:
    """An audit purpose in words: "own record" and "enquiry E-…" are kept, "" is said to be none."""
    return say("Own record") if text == "own record" else text[:1].upper() + text[1:]


def nhs(value: str) -> str:
    """ "9990000018" as "999 000 0018"; anything else as it is."""
    return f"{value[:3]} {value[3:6]} {value[6:]}" if value.isdigit() and len(value) == 10 else value


def identifier(kind: str, value: str) -> tuple[str, str]:
    name = str(IDENTIFIERS.get(kind, kind.replace("_", " ").capitalize()))
    return name, nhs(value) if kind.endswith("nhs_number") else value


def day(value: dt.date | None) -> str:
    return formats.date_format(value, "j F Y") if value else ""


def age(card: Card, today: dt.date) -> str:
    """ "14", "8 months", "3 weeks", "due 3 March 2027", "died 2015"; "" if nothing is known."""
    if card.died_on:
        return say("died %(year)d") % {"year": card.died_on.year}
    if card.born is None:
        return say("due %(day)s") % {"day": day(card.expected_on)} if card.expected_on else ""
    return _young(card.born, today) or str(age_on(card.born, today))


def _young(born: dt.date, today: dt.date) -> str:
    """Weeks up to three months, months up to two years; "" from then on."""
    days = max((today - born).days, 0)
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    if days < 91:
        return ngettext("%(n)d week", "%(n)d weeks", days // 7) % {"n": days // 7}
    return ngettext("%(n)d month", "%(n)d months", months) % {"n": months} if months < 24 else ""


def born(card: Card, today: dt.date) -> str:
    """Age and date of birth as they stand beside a name: "14, born 3 March 2012"."""
    words = age(card, today)
    if card.died_on and card.born:
        return say("born %(born)s, died %(died)s") % {"born": day(card.born), "died": day(card.died_on)}
    if card.died_on:
        return say("died %(died)s") % {"died": day(card.died_on)}
    if card.born:
        return say("%(age)s, born %(born)s") % {"age": words, "born": day(card.born)}
    return words or say("date of birth not recorded")


def name(card: Card) -> str:
    """The name, or what to call somebody who has none yet."""
    if card.name:
        return card.name
    return say("Unborn baby") if card.expected_on and not card.born else say("Name not recorded")


def is_child(card: Card, today: dt.date) -> bool:
    """Born less than eighteen years ago, or on no known day: a child until we know better. Not the unborn."""
    if card.born is None:
        return card.expected_on is None
    return age_on(card.born, today) < 18


def evidence_rows(evidence: Any) -> list[dict[str, str]]:
    """Which parts of what was typed agree, in words, without any value that a record holds.

    A person is compared as all their records say together, some of which the searcher may not see.
    """
    rows = []
    for item in evidence:
        if item.level == "not_shown":
            rows.append({"field": str(FIELDS.get(item.field, item.field)), "outcome": "secret"})
            continue
        exact = item.level.startswith("exact") or item.level.startswith("same")
        outcome = "differs" if item.bits <= 0 else "agrees" if exact else "close"
        rows.append({"field": str(FIELDS.get(item.field, item.field)), "outcome": outcome})
    return rows
