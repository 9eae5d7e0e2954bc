"""What can a role allow? Codes, each with a plain-English description shown on the roles page."""

from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "referral.make": _("Raise a concern about a child, and see what became of it"),
    "referral.screen": _("Screen concerns: rate them, match people, open an enquiry or close with advice"),
    "enquiry.lead": _("Lead an enquiry: ask agencies, read their answers, give feedback"),
    "threshold.decide": _("Decide what happens next for a child"),
    "request.answer": _("Answer other agencies’ requests: share, share part or withhold"),
    "request.assign": _("Hand requests over and extend them for the whole agency"),
    "item.release": _(
        "Let out what is sealed or protected, where their role decides and a colleague proposes it"
    ),
    "people.find": _("Find children and adults that the agency works with or has been asked about"),
    "people.find_any": _("Find anyone in the index, to see who a concern is about"),
    "people.emergency": _("Open a child’s page in an emergency without having been let in, with a reason"),
    "people.emergency_review": _(
        "Look at emergencies of the agency afterwards, and at refusals of those too close"
    ),
    "people.link": _("Decide whether two records are one person"),
    "people.settle": _("Settle where two people disagree on whether records are one person"),
    "numbers.trace": _("Trace missing NHS numbers of the agency’s own records with a national register"),
    "partner_hubs.silence": _("Say about which children no other area is ever answered, and why"),
    "plans.keep": _(
        "Keep the plans of their authority’s children: that there is one, and from when until when"
    ),
    "care.look": _(
        "Look, in a setting of unscheduled care, whether somebody there has a plan, and write down who came"
    ),
    "care.alerts": _("Hear at once when a child with a plan of their authority comes to unscheduled care"),
    "care.messages": _(
        "Work on messages of their agency’s systems that could not be used, and on who is meant"
    ),
    "chronology.add": _("Add and correct entries in the agency’s own records"),
    "import.run": _("Load files from other systems"),
    "audit.view": _("See who has looked at a child’s information and why"),
    "rights.answer": _(
        "Note and answer what families ask about their information, and decide what is left out"
    ),
    "retention.decide": _(
        "Decide what becomes of what is past its time: keep it longer, dispose of it; place and release legal holds"
    ),
    "oversight.view": _("See figures on how sharing works, without any child’s details"),
    "agreement.draft": _("Write sharing agreements, send them for signing, review and end them"),
    "agreement.sign": _("Sign sharing agreements for their agency"),
    "settings.manage": _("See and change accounts, roles and local settings, without any child’s details"),
}
