"""Which law can an answer rest on? Choices from the data of `agreements`, with what usually fits first."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.agreements.instruments import Instrument, Register
from jigsaw.hub.decisions.operations import Grounds
from jigsaw.hub.web.forms import Choice

Choices = list[tuple[str, Choice]]

GATEWAYS = {"statutory_duty", "statutory_gateway", "common_law"}
# The power to ask that fits each purpose, best first; s27 binds some sectors only (Children Act 1989).
USUAL = {
    "s47": ["s47"],
    "s17": ["s27", "s10"],
    "s27": ["s27", "s10"],
    "family_help": ["s10"],
    "s16LA": ["s16LA", "s10"],
    "s16H": ["s16H", "s10"],
    "crime_prevention": ["cda1998_s115"],
    "care_act_s42": ["care_act_s42"],
}


def bases(sector: str) -> Choices:
    """Lawful bases, those usual for this sector first."""
    return [
        (row["code"], Choice(row["label"], row["words_by_sector"].get(sector) or row["words"]))
        for row in _usual_first(agreements.words("lawful_bases")["entries"], sector)
    ]


def conditions(sector: str) -> Choices:
    """Conditions for special category information, those usual for this sector first."""
    rows = _usual_first(agreements.words("lawful_bases")["conditions"], sector)
    return [(row["code"], Choice(row["label"], row["words"])) for row in rows]


def _usual_first(rows: list[dict[str, Any]], sector: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: sector not in row["usual_for"])


def listed(name: str) -> Choices:
    """Another list of the same file: why_no_consent, consent, consent_results, family_told."""
    return [(row["code"], Choice(row["label"])) for row in agreements.words("lawful_bases")[name]]


def gateways(*, sector: str, to_sector: str, register: Register) -> Choices:
    """Duties and powers in force that reach from one sector to the other, as the register has them."""
    return [
        (each.code, Choice(_named(each)))
        for each in register.instruments
        if each.kind in GATEWAYS
        and sector in each.who_may_disclose
        and to_sector in each.to_whom
        and each.in_force(register.on)
    ]


def _named(instrument: Instrument) -> str:
    """A list of choices cannot hold a banner: what is not confirmed says so in its line."""
    return (
        instrument.name
        if instrument.verified
        else _("%(law)s (not confirmed yet)") % {"law": instrument.name}
    )


def usual_gateway(purpose: str, offered: Choices) -> str:
    """The duty or power that fits the request's purpose, if it reaches these two agencies."""
    codes = {code for code, _label in offered}
    return next((code for code in [*USUAL.get(purpose, []), "s10"] if code in codes), "")


def relied_on(
    data: QueryDict | None, *, sector: str, to_sector: str, purpose: str, register: Register
) -> Grounds:
    """The law as chosen in the form, or as it is filled in to begin with: what the rules say of an item rests on it."""
    usual = usual_gateway(purpose, gateways(sector=sector, to_sector=to_sector, register=register))
    given = data or {}
    return Grounds(
        reasons="",
        lawful_basis=given.get("lawful_basis") or bases(sector)[0][0],
        gateway=given.get("gateway", usual),
        condition=given.get("condition") or conditions(sector)[0][0],
        edition=agreements.words("guidance")["current_edition"],
    )
