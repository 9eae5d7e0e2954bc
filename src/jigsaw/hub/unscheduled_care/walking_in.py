"""Somebody came to a setting whose system sends nothing: written down by hand, and worked on like a message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.formats.hl7_text import escaped, written
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.unscheduled_care import access, arriving
from jigsaw.hub.unscheduled_care.keeping import Answer
from jigsaw.hub.unscheduled_care.models import Setting

WAY = "by hand"


@dataclass(frozen=True, kw_only=True)
class Came:
    """Who came, when (aware), and whether without an appointment."""

    family: str
    born: date
    at: datetime
    unscheduled: bool
    given: str = ""
    nhs_number: str = ""


@transaction.atomic
def came(*, actor: Actor, who: Came, now: datetime) -> Answer:
    """Take it as the setting's own message. Raises Refused, NotHere, and Invalid for a time ahead or before birth."""
    setting = access.setting_for(actor)
    wrong: dict[str, object] = {}
    if who.at > now:
        wrong["at"] = _("Enter a time that is over.")
    if who.born > who.at.date():
        wrong["born"] = _("Enter a date of birth that is not ahead.")
    if wrong:
        raise Invalid(_("This cannot be right."), wrong)
    return arriving.take(setting=setting, content=_message(setting, who, now), way=WAY, now=now, actor=actor)


def _message(setting: Setting, who: Came, now: datetime) -> bytes:
    """An A04 as a system would send it, so that there is one road for all."""
    mark = str(uuid7())
    number = f"{who.nhs_number}^^^NHS^NH~" if who.nhs_number else ""
    family, given = escaped(who.family), escaped(who.given)
    place = escaped(setting.facility or setting.code)
    lines = (
        f"MSH|^~\\&|JIGSAW|{place}|JIGSAW||{written(now)}||ADT^A04|{mark}|P|2.4||||NE||UNICODE UTF-8",
        f"EVN|A04|{written(now)}",
        f"PID|1||{number}{mark}^^^JIGSAW^PI||{family}^{given}||{who.born:%Y%m%d}",
        f"PV1|1|{'E' if who.unscheduled else 'O'}|^^^{escaped(setting.ods_code)}"
        + "|" * 16
        + mark
        + "|" * 25
        + written(who.at),
    )
    return "\r".join(lines).encode() + b"\r"
