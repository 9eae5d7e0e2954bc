"""Every door into the hub, and who may use it: each address of the pages, and each command.

A new address or command is written down here before the tests pass; docs/reference/doors.md is made from it:
`.venv/bin/python tests/architecture/doors.py > docs/reference/doors.md`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

ANYONE, SIGNED_IN = "anyone", "signed in"


@dataclass(frozen=True)
class Door:
    """Who may use an address: in words, and as permission codes of which one suffices.

    `asks` is (ANYONE,), (SIGNED_IN,) or permission codes. Where the address names something, that one of these
    is there is not enough: the words say whose it must be, and absent and not theirs look alike.
    """

    who: str
    asks: tuple[str, ...]
    method: str = "GET"
    """POST where the address only takes a form."""


def _door(who: str, *asks: str, **more: Any) -> Door:
    return Door(who, asks, **more)


HELPERS = ("referral.make", "request.answer", "referral.screen", "enquiry.lead")
LEADS = "Those who lead enquiries, of the agency that leads this one"
ASKED = "Those who answer requests, of the agency that was asked"
KNOWS = "Practitioners of an agency that holds a record of this person, or was let in for a purpose, unless too close"
LATELY = "Everyone signed in, for themselves, within ten minutes of proving who they are"
FOR_A_PRACTITIONER = "Systems of settings that may look, by their secret, for a clinician of the agency; as `care` and `care-seen`"
AGREED = "Practitioners of an agency that is a party, and those who look after agreements or the partnership"

ROUTES = {
    "healthz": _door("Anyone on the machine", ANYONE),
    "readyz": _door("Anyone on the machine", ANYONE),
    "metrics": _door("Anyone on the machine; counts only", ANYONE),
    "openapi": _door("Anyone; how programs call the hub, and nothing of anybody", ANYONE),
    "home": _door("Everyone signed in; leads to the first page of their role", SIGNED_IN),
    "sign-in": _door("Anyone", ANYONE),
    "sign-in-second": _door("Whoever gave a right password less than five minutes ago", SIGNED_IN),
    "sign-in-again": _door("Everyone signed in; proves once more who they are", SIGNED_IN),
    "ways-in": _door("Everyone signed in: their own ways to sign in", SIGNED_IN),
    "ways-in-app": _door(LATELY, SIGNED_IN),
    "ways-in-passkey": _door(LATELY, SIGNED_IN),
    "ways-in-codes": _door(LATELY, SIGNED_IN),
    "ways-in-sessions": _door(
        "Everyone signed in: end one’s own sessions elsewhere", SIGNED_IN, method="POST"
    ),
    "ways-in-password": _door(LATELY, SIGNED_IN),
    "ways-in-remove": _door("Whoever has this app or passkey, after proving it lately", SIGNED_IN),
    "sign-in-with": _door("Anyone; leads to another place, if this hub has one to sign in with", ANYONE),
    "sign-in-with-back": _door("Anyone; opens to the verified answer of such a place alone", ANYONE),
    "sign-out": _door("Everyone signed in; ends their own session", SIGNED_IN, method="POST"),
    "session": _door("Anyone; says only whether one’s own session lives", ANYONE),
    "session-away": _door("Everyone signed in; leads back to a page that was left open", SIGNED_IN),
    "save-draft": _door("Everyone signed in, for a form that was made for them", SIGNED_IN, method="POST"),
    "referrals": _door("Those who raise concerns", "referral.make"),
    "referral-new": _door("Those who raise concerns", "referral.make"),
    "referral-throw-away": _door("Whoever typed the draft", SIGNED_IN, method="POST"),
    "referral-sent": _door("Those who raise concerns, of the agency that raised this one", "referral.make"),
    "screening": _door("Those who screen concerns or lead enquiries", "referral.screen", "enquiry.lead"),
    "concern": _door(
        "Those who screen or lead enquiries, of the front door that received it; decided on by its screener",
        "referral.screen",
        "enquiry.lead",
    ),
    "concern-match": _door("Those who link records, of the front door that received it", "people.link"),
    "enquiries": _door("Those who lead enquiries", "enquiry.lead"),
    "enquiry": _door(LEADS, "enquiry.lead"),
    "enquiry-rating": _door(LEADS, "enquiry.lead", method="POST"),
    "enquiry-hand-over": _door(LEADS, "enquiry.lead"),
    "enquiry-close": _door(
        "Those who decide, of the agency that leads this one", "threshold.decide", method="POST"
    ),
    "enquiry-ask": _door(LEADS, "enquiry.lead"),
    "enquiry-chase": _door(LEADS, "enquiry.lead", method="POST"),
    "enquiry-answer": _door(LEADS, "enquiry.lead"),
    "enquiry-decide": _door("Those who decide, of the agency that leads this one", "threshold.decide"),
    "inbox": _door("Those who answer requests for their agency", "request.answer"),
    "request": _door(f"{ASKED}; who asked is led to the answer", "request.answer", "enquiry.lead"),
    "request-hand-over": _door(f"{ASKED}: its holder, or those who assign", "request.answer"),
    "request-more-time": _door(f"{ASKED}: its holder, or those who assign", "request.answer"),
    "request-propose": _door(ASKED, "request.answer"),
    "releases": _door("Those whose role lets out what is sealed or protected", "item.release"),
    "release": _door(
        "Holders of the role that decides, in that agency, other than whoever proposed it", "item.release"
    ),
    "request-done": _door(ASKED, "request.answer"),
    "why": _door(
        "Those of the agency that decided who answer, and of the one that asked who lead enquiries",
        "request.answer",
        "enquiry.lead",
    ),
    "find": _door(
        "Those who find people; all of the index only at the front door", "people.find", "people.find_any"
    ),
    "find-answers": _door(
        "Those who find people, as on the page that asks", "people.find", "people.find_any", method="POST"
    ),
    "find-none": _door("Those who find people", "people.find", "people.find_any", method="POST"),
    "child": _door(KNOWS, "people.find"),
    "child-pdf": _door(KNOWS, "people.find"),
    "child-looked": _door("Those who see the log, of such an agency", "audit.view"),
    "rights": _door("Those who answer families: what was asked of their agency", "rights.answer"),
    "rights-new": _door(
        "Those who answer families, of an agency that holds a record of this person", "rights.answer"
    ),
    "rights-says": _door(
        "Those who add to their agency’s records or answer families, of such an agency",
        "chronology.add",
        "rights.answer",
    ),
    **dict.fromkeys(
        ("rights-one", "rights-more-time", "rights-leave-out", "rights-make"),
        _door("Those who answer families, of the agency that was asked", "rights.answer"),
    ),
    **dict.fromkeys(
        ("rights-pdf", "rights-json"),
        _door(
            "Those who answer families, of the agency that was asked, once decided and after proving lately who "
            "they are",
            "rights.answer",
        ),
    ),
    **dict.fromkeys(
        (
            "retention",
            "retention-register",
            "retention-csv",
            "retention-json",
            "retention-schedule",
            "retention-asked",
            "retention-holds",
            "retention-hold-new",
        ),
        _door("Those who decide on disposals, for their agency", "retention.decide"),
    ),
    **dict.fromkeys(
        ("retention-one", "retention-keep", "retention-original"),
        _door("Those who decide on disposals, of the agency that holds it", "retention.decide"),
    ),
    **dict.fromkeys(
        ("retention-sign", "retention-refuse"),
        _door("Those who decide on disposals, of the agency that decided to erase it", "retention.decide"),
    ),
    "retention-hold": _door(
        "Those who decide on disposals, of the agency that placed it", "retention.decide"
    ),
    "child-add": _door("Those who add to their agency’s records, of such an agency", "chronology.add"),
    "entry": _door(
        "Practitioners of the agency that holds the entry, or was told it, unless too close to anyone it is about",
        "people.find",
    ),
    "entry-correct": _door(
        "Those who add to their agency’s records, of the agency that holds the entry, unless too close",
        "chronology.add",
    ),
    "document-add": _door(
        "Those who add to their agency’s records, of the agency that holds the entry, unless too close",
        "chronology.add",
    ),
    "document": _door(
        "Practitioners of the agency that holds the document, or to which it was released with its entry, unless too close",
        "people.find",
    ),
    "document-take-off": _door(
        "Those who add to their agency’s records, of the agency that holds the document, unless too close",
        "chronology.add",
    ),
    "emergency": _door(
        "Those who may open a page in an emergency, any child’s unless too close: with a reason, after signing in again",
        "people.emergency",
    ),
    "emergencies": _door(
        "Those who look at their agency’s emergencies afterwards, except their own", "people.emergency_review"
    ),
    "child-records": _door("Those who link records", "people.link"),
    "care": _door("Clinicians of an agency with a setting of unscheduled care", "care.look"),
    "care-seen": _door("The clinician who looked, for twelve hours, unless too close", "care.look"),
    "care-came": _door("Clinicians of an agency with a setting of unscheduled care", "care.look"),
    "alerts": _door("Those who hear of unscheduled care, for their authority", "care.alerts"),
    "alert": _door("Those who hear of unscheduled care, of the authority whose plan it is", "care.alerts"),
    "encompass": _door(
        "Those who raise, assign or screen, for notices that their agency sent (the police) or received",
        "referral.make",
        "request.assign",
        "referral.screen",
    ),
    "encompass-new": _door("The police, by whoever raises concerns", "referral.make"),
    "encompass-child": _door(
        "The police, by whoever raises concerns, of a child whose page they may open", "referral.make"
    ),
    "encompass-notice": _door(
        "The police who sent it, and those of the agency to which it went, unless too close",
        "referral.make",
        "request.assign",
        "referral.screen",
    ),
    "patterns": _door("Everyone signed in: the patterns that they themselves were told of", SIGNED_IN),
    "pattern": _door(
        "Practitioners of the agency that was told who may open every record it points at, unless too close",
        "people.find",
        "people.find_any",
    ),
    "messages": _door("Those who work on messages of their agency’s systems", "care.messages"),
    "attendances-in": _door(
        "Systems of settings, by the secret that each message carries", ANYONE, method="POST"
    ),
    **{
        f"scim-{name}": _door("Directories of staff, for their own agency, by their secret", ANYONE)
        for name in ("users", "user", "configuration", "resource-types")
    },
    "fhir-metadata": _door("Anyone; what can be asked, and nothing of anybody", ANYONE),
    "fhir": _door("Anyone; leads nowhere, and says so in FHIR", ANYONE),
    "fhir-other": _door("Anyone; leads nowhere, and says so in FHIR", ANYONE),
    **{
        f"fhir-{name}": _door(FOR_A_PRACTITIONER, ANYONE)
        for name in ("flag", "careplan", "careteam", "auditevent", "read")
    },
    "fhir-search": _door(FOR_A_PRACTITIONER, ANYONE, method="POST"),
    "plans": _door("Those who keep their authority’s plans", "plans.keep"),
    "plan-new": _door("Those who keep their authority’s plans, for anyone they may find", "plans.keep"),
    "plan": _door("Those who keep plans, of the authority whose plan it is", "plans.keep"),
    "plan-correct": _door("Those who keep plans, of the authority whose plan it is", "plans.keep"),
    "plan-born": _door("Those who keep plans, of the authority whose plan it is", "plans.keep"),
    "trace": _door("Those who trace NHS numbers, for their agency’s own records", "numbers.trace"),
    "trace-questions": _door(
        "Those who trace NHS numbers, for their agency’s own records", "numbers.trace", method="POST"
    ),
    "another-area-ask": _door(
        "Those who may find anyone, about any child they are not too close to", "people.find_any"
    ),
    "another-area-answer": _door("Whoever asked", "people.find_any"),
    "never-answered": _door(
        "Those who say about which children no other area is answered", "partner_hubs.silence"
    ),
    "never-answered-child": _door(
        "Those who say about which children no other area is answered, about any they are not too close to",
        "partner_hubs.silence",
    ),
    "hub-to-hub": _door("Partner hubs, by the signature of each letter", ANYONE, method="POST"),
    "feedback": _door("Those who help, and those who tell them what came of it", *HELPERS),
    "feedback-give": _door("Those of the front door who give it, and whoever it is for", *HELPERS),
    "notices": _door("Everyone signed in: what they themselves were told", SIGNED_IN),
    "notice": _door("Whoever was told", SIGNED_IN),
    "pairs": _door("Those who decide on links", "people.link"),
    "relinking": _door("Those who decide on links", "people.link"),
    "pair": _door("Those who decide on links, unless too close to either", "people.link"),
    "pair-next": _door("Those who decide on links; leads on to the next pair", "people.link"),
    "correction": _door(
        "Those who were told, and those who decide on links, unless too close to either", SIGNED_IN
    ),
    "oversight": _door("The board", "oversight.view"),
    "pattern-figures": _door("The board", "oversight.view"),
    "record-quality": _door(
        "The board, and those who look after the index of people", "oversight.view", "people.settle"
    ),
    "agreements": _door("Everyone signed in: those that their agency is a party of", SIGNED_IN),
    "agreement-new": _door("Those who write agreements", "agreement.draft"),
    "agreement-import": _door("Those who write agreements", "agreement.draft"),
    "agreement": _door(AGREED, SIGNED_IN),
    "agreement-version": _door(f"{AGREED}; drafts for those who write them", SIGNED_IN),
    "agreement-edit": _door("Those who write agreements", "agreement.draft"),
    "agreement-sign": _door("Those who sign for an agency that is a party", "agreement.sign"),
    "agreement-end": _door("Those who write agreements", "agreement.draft"),
    "agreement-compare": _door(AGREED, SIGNED_IN),
    "agreement-file": _door(AGREED, SIGNED_IN),
    "law": _door("Everyone signed in", SIGNED_IN),
    "law-one": _door("Everyone signed in; confirmed and corrected by administrators", SIGNED_IN),
    "settings": _door("Administrators", "settings.manage"),
    "settings-account": _door("Administrators", "settings.manage"),
    "settings-ratings": _door("Administrators", "settings.manage"),
    "settings-patterns": _door("Administrators", "settings.manage"),
    "settings-school-days": _door("Administrators", "settings.manage"),
    "settings-care": _door("Administrators", "settings.manage"),
    "settings-care-one": _door("Administrators", "settings.manage"),
    "settings-alert-hooks": _door("Administrators", "settings.manage"),
    "settings-partner-hubs": _door("Administrators", "settings.manage"),
    "settings-partner-hub": _door("Administrators", "settings.manage"),
}

MACHINE = "Whoever may run commands on this machine"
AS = f"{MACHINE}, as the hub; with `--as`, within that practitioner’s rights"

COMMANDS = {
    "serve": MACHINE,
    "prepare": MACHINE,
    "jobs": MACHINE,
    "demo": f"{MACHINE}; on a database of its own",
    "demo feed": MACHINE,
    "import": AS,
    "find": AS,
    "plans load": AS,
    "setting add": AS,
    "setting list": MACHINE,
    "listen": f"{MACHINE}; messages are taken from the addresses of settings alone",
    "link run": AS,
    "link show": AS,
    "link apply": AS,
    "link quality": AS,
    "link train": AS,
    "link use": AS,
    "trace export": AS,
    "trace import": AS,
    "link evaluate": MACHINE,
    "partner-hub card": AS,
    "partner-hub add": AS,
    "partner-hub agree": AS,
    "partner-hub list": AS,
    "partner-hub rotate": AS,
    "partner-hub on": AS,
    "partner-hub off": AS,
    "partner-hub file": AS,
    "partner-hub never-answer": AS,
    "partner-hub answer-again": AS,
    "partner-hub never-answered": AS,
    "partnership set": AS,
    "partnership postcodes": AS,
    "partnership instruments": MACHINE,
    "partnership confirm": AS,
    "agreed show": MACHINE,
    "agreed put": AS,
    "agreement list": AS,
    "agreement show": AS,
    "agreement import": AS,
    "agreement export": AS,
    "agreement check": MACHINE,
    "agreement sign": f"{MACHINE}; only with `--as`, within that practitioner’s rights",
    "agency add": AS,
    "agency escalate": AS,
    "agency directory": AS,
    "practitioner add": AS,
    "practitioner first-password": AS,
    "practitioner deactivate": AS,
    "practitioner load": AS,
    "practitioner known-as": AS,
    "practitioner lost": AS,
    "audit verify": MACHINE,
    "audit export": MACHINE,
    "audit prove": MACHINE,
    "audit change-key": MACHINE,
    "audit restored": f"{MACHINE}, with the owner’s way into the database",
    "audit erase": f"{MACHINE}; only with `--as`, an administrator",
    "audit heads show": MACHINE,
    "audit heads export": MACHINE,
    "audit heads witness": MACHINE,
    "audit heads keep": MACHINE,
    "audit heads exchange": MACHINE,
    "why": f"{MACHINE}; only with `--as`, within that practitioner’s rights",
    "keys renew": f"{MACHINE}, and may write its keys",
    "disposal look": MACHINE,
    "disposal due": f"{MACHINE}; only with `--as`, within that practitioner’s rights",
    "disposal list": MACHINE,
    "disposal export": MACHINE,
    "disposal verify": MACHINE,
    "disposal redo": MACHINE,
    "hold place": f"{MACHINE}; only with `--as`, within that practitioner’s rights",
    "hold release": f"{MACHINE}; only with `--as`, within that practitioner’s rights",
    "hold list": f"{MACHINE}; only with `--as`, within that practitioner’s rights",
    "backup": f"{MACHINE}, with a role that sees every row",
    "restore": f"{MACHINE}, into an empty hub, with its keys",
    "rehearse": f"{MACHINE}; on a database of its own",
    "bench pages": f"{MACHINE}; on a database of its own",
    "bench guard": f"{MACHINE}; on a database of its own",
    "bench find": f"{MACHINE}; on a database of its own",
    "bench ask": f"{MACHINE}; on a database of its own",
    "bench import": f"{MACHINE}; on a database of its own",
    "bench identity": MACHINE,
    "bench febrl": MACHINE,
    "bench link": MACHINE,
    "bench share": MACHINE,
    "bench audit": f"{MACHINE}; on a database of its own",
    "bench faults": f"{MACHINE}; on a hub of its own",
    "bench recovery": f"{MACHINE}; on database servers of its own",
    "bench load": f"{MACHINE}; on a hub of its own",
    "bench alerts": f"{MACHINE}; on a hub of its own",
}


@dataclass(frozen=True)
class Route:
    """One address as Django has it."""

    name: str
    path: str
    view: Callable[..., Any]

    @property
    def names_something(self) -> bool:
        return "<" in self.path


def routes() -> Iterator[Route]:
    """Every address there is. Django must be set up."""
    from django.urls import get_resolver

    yield from _within(get_resolver(), "/")


def _within(resolver: Any, prefix: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        path = f"{prefix}{pattern.pattern}"
        if hasattr(pattern, "url_patterns"):
            yield from _within(pattern, path)
        else:
            yield Route(pattern.name or "", path, pattern.callback)


def commands() -> Iterator[str]:
    """Every command as one types it after `jigsaw`."""
    import typer

    from jigsaw.hub.config.command_line import app

    yield from _commands_of(typer.main.get_command(app))


def _commands_of(group: Any, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            if command.invoke_without_command:
                yield before + name
            yield from _commands_of(command, f"{before}{name} ")
        else:
            yield before + name


_TOP = """\
# Doors

This page is generated: `.venv/bin/python tests/architecture/doors.py > docs/reference/doors.md`.

Every way into the hub and who may use it. A test holds this list to the addresses and commands there are, and
others try each address as every role. Whoever is not signed in is led to the sign-in page. Whoever may not use an
address is told so in words. Something of another agency looks the same as something that does not exist. What a
permission means, and which roles have it: [roles and permissions](roles-and-permissions.md).

## Addresses

| Address | Name | Who may use it | Any of these permissions |
|---|---|---|---|
"""


def page() -> str:
    """The page for the documents, ending in one newline. Django must be set up."""
    rows = [
        f"| `{route.path}` | `{route.name}` | {ROUTES[route.name].who} | {_asks(ROUTES[route.name])} |"
        for route in routes()
    ]
    typed = [f"| `jigsaw {name}` | {who} |" for name, who in COMMANDS.items()]
    commands_part = "\n## Commands\n\n| Command | Who may use it |\n|---|---|\n"
    return _TOP + "\n".join(rows) + "\n" + commands_part + "\n".join(typed) + "\n"


def _asks(door: Door) -> str:
    return ", ".join(code if code in (ANYONE, SIGNED_IN) else f"`{code}`" for code in door.asks)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jigsaw.hub.config.settings")
    django.setup()
    print(page(), end="")
