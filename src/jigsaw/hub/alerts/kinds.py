"""Of what can someone be told? Codes with the words they read; none of them names a person."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "referral.routed": _("A concern came in about a child whose case is yours."),
    "request.sent": _("Your agency has been asked for information."),
    "request.asked_again": _("There is new information on a request that your agency has answered."),
    "request.chased": _("Whoever asked is waiting for your agency’s answer."),
    "request.overdue": _("A request to your agency is past its time and has come to you."),
    "request.escalated": _("A request of yours is past its time: the named person there has been told."),
    "request.answered": _("A request of yours has been answered."),
    "answer.look_again": _("Today you were to look again at something that you withheld."),
    "threshold.decided": _("It has been decided what happens next in an enquiry of yours."),
    "entry.corrected": _("Something that you were told has been corrected since."),
    "entry.withdrawn": _("Something that you were told has been withdrawn. Do not rely on it."),
    "entry.share_anew": _(
        "Something that your agency shared has been corrected. Decide on the newer version."
    ),
    "entry.spoken_of": _(
        "A family objects to, or disagrees with, something that you were told. Read what they say beside it."
    ),
    "entry.stands": _(
        "It was decided what becomes of a family’s words about something that you were told. They stay beside it."
    ),
    "entry.stopped": _(
        "Something that you were told is not shared any more, because the family objected. Do not use or pass it on."
    ),
    "document.taken_off": _(
        "A document that you were told has been taken off. It should not have been there: do not use it, and delete any copy."
    ),
    "entry.erasing": _(
        "An agency erases something that it told you, because the family asked. Do not use it or pass it on, and erase"
        " what you keep of it unless a law has you keep it."
    ),
    "rights.noted": _("A family says otherwise about something your agency wrote. Answer within a month."),
    "rights.to_sign": _(
        "Your agency decided to erase something, because a family asked. A second person signs it."
    ),
    "rights.signed": _("What you decided to erase was signed for, or turned down. The answer can be sent."),
    "person.taken_apart": _("Two people were taken for one while you looked. They are two."),
    "release.proposed": _(
        "A colleague proposes to release something that is sealed or protected. You decide."
    ),
    "release.decided": _("It was decided whether something that you proposed is released."),
    "answer.reopened": _("Something new has come in. Look again at what you withheld."),
    "agreement.to_sign": _("A sharing agreement waits for your agency’s signature."),
    "agreement.in_force": _("A sharing agreement that you wrote has been signed by every party."),
    "agreement.ended": _("A sharing agreement that your agency signed has been ended early."),
    "agreement.review_due": _("A sharing agreement is due to be looked at again."),
    "emergency.opened": _(
        "A colleague opened a child’s page in an emergency. Look at it by the next working day."
    ),
    "emergency.escalated": _("Nobody has looked at an emergency of your agency in time. It has come to you."),
    "person.refused": _("A colleague asked for somebody to whom they are too close, and was refused."),
    "attendance.alert": _("A child with a plan has come to, or was looked up in, unscheduled care."),
    "attendance.more": _("More children with plans have come to unscheduled care today. Look at the list."),
    "attendance.escalated": _("Nobody has opened an alert of unscheduled care in time. It has come to you."),
    "pattern.found": _(
        "There is a pattern in what was recorded about a child. Look at the records it points at."
    ),
    "pattern.more": _("There are more patterns to look at today. Look at the list."),
    "push.given_up": _(
        "An authority’s own system has not taken alerts for days. Look why, and send them again."
    ),
    "reminder.not_taken": _(
        "Reminders by e-mail could not be sent for a day: no server took them. Look at how e-mail is set up."
    ),
    "delivery.waiting": _("Messages of a system could not be used. They wait for you."),
    "encompass.sent": _(
        "The police tell of domestic abuse at a child’s home. Read it before the school day starts."
    ),
    "encompass.acknowledged": _("A notice of domestic abuse that you sent has been acknowledged."),
    "encompass.escalated": _(
        "Nobody opened a notice of domestic abuse before the school day. It has come to you."
    ),
    "encompass.late": _(
        "Nobody opened a notice of yours before the school day: the named person has been told."
    ),
    "feedback.given": _("You have been told what came of something you helped with."),
    "audit.late": _("Entries of the audit log have waited for their place for more than a minute."),
    "audit.clock": _("This computer’s clock runs behind the latest signed head of the audit log."),
    "audit.gone_back": _(
        "The audit log has fewer entries than it signed for. No head is signed until you look."
    ),
    "audit.forked": _("The audit log is not what it signed for. No head is signed until you look."),
    "audit.key": _("The key in the file is not the one that the audit log is signed with."),
    "audit.unwitnessed": _(
        "A partner hub has not signed our audit log for a day. Ring them, or exchange files."
    ),
    "audit.refused": _(
        "A partner hub says that our audit log does not go on from what it saw. Ring them at once."
    ),
    "audit.witness": _("What another hub saw of its audit log does not fit what it shows now."),
}

# What cannot wait for the next morning: whoever wishes so is told of it by e-mail at once.
AT_ONCE = frozenset(
    {
        "attendance.alert", "attendance.escalated", "encompass.sent", "encompass.escalated", "request.overdue",
        "referral.routed", "emergency.escalated", "audit.gone_back", "audit.forked", "audit.key", "audit.refused",
    }
)  # fmt: skip
