"""Who joins, changes and leaves, many at once: each line by itself, and each with an outcome.

A line that is wrong keeps nobody else waiting: above all, no leaver stays because a joiner's line was wrong. Nobody is
switched off for not being on a list. Everything is done by the operations for one account, and logged by them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.formats.staff_list import Listed
from jigsaw.hub.agencies import access, first_passwords, operations, outside, queries
from jigsaw.hub.agencies.models import OutsideIdentity, Practitioner
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid, JigsawError

ADDED, CHANGED, ON, OFF, SAME, REFUSED = (
    *("added", "changed", "switched_on", "switched_off", "unchanged"),
    "refused",
)


@dataclass(frozen=True)
class Outcome:
    """What became of one line. `password`: the first one of an account that was added, to be handed over."""

    line: int
    email: str
    became: str
    why: str = ""
    password: str = ""


@transaction.atomic
def load(
    *, actor: Actor, listed: Iterable[Listed], with_passwords: bool, only_try: bool, now: datetime
) -> list[Outcome]:
    """Bring accounts to what the list says, line by line; returns an outcome for each, in its order.

    `with_passwords`: accounts that are added get a first password; otherwise they need a `known_as`. `only_try`: all
    is done and undone again, so that what is told is what would be. Raises Refused if the actor may not.
    """
    access.check_can_manage(actor)
    seen: dict[str, int] = {}
    told = []
    for one in listed:
        before = seen.setdefault(one.email.lower(), one.line)
        if before != one.line:
            told.append(
                Outcome(one.line, one.email, REFUSED, str(_("The same address as line %d.") % before))
            )
        else:
            told.append(_one(actor, one, with_passwords, now))
    audit.record(actor=actor, action="practitioners.loaded", detail=_counts(told), now=now)
    if only_try:
        transaction.set_rollback(True)
    return told


def _counts(told: list[Outcome]) -> dict[str, int]:
    return {became: sum(1 for each in told if each.became == became) for became in {e.became for e in told}}


def _one(actor: Actor, one: Listed, with_passwords: bool, now: datetime) -> Outcome:
    try:
        with transaction.atomic():
            became, password = _brought(actor, one, with_passwords, now)
            return Outcome(one.line, one.email, became, password=password)
    except JigsawError as wrong:
        fields = wrong.fields.values() if isinstance(wrong, Invalid) else ()
        words = [str(wrong.words), *map(str, fields), str(wrong.next_step or "")]
        return Outcome(one.line, one.email, REFUSED, " ".join(filter(None, words)))


def _brought(actor: Actor, one: Listed, with_passwords: bool, now: datetime) -> tuple[str, str]:
    if one.active is None:
        raise Invalid(_("“active” says neither yes nor no."))
    there = Practitioner.objects.select_related("agency", "team").filter(email__iexact=one.email).first()
    if there is None and one.active is False:
        raise Invalid(_("This is to be switched off, and there is no such account. Check the address."))
    if there is None:
        return ADDED, _added(actor, one, with_passwords, now)
    if one.active is False:
        return _left(actor, there, now), ""
    changed = _changed(actor, there, one, now)
    if not there.is_active:
        operations.reactivate(actor=actor, practitioner=there, now=now)
        return ON, ""
    return (CHANGED if changed else SAME), ""


def _left(actor: Actor, there: Practitioner, now: datetime) -> str:
    if not there.is_active:
        return SAME
    operations.deactivate(actor=actor, practitioner=there, now=now)
    return OFF


def _added(actor: Actor, one: Listed, with_passwords: bool, now: datetime) -> str:
    known_as = {provider: subject for provider, subject in one.known_as.items() if subject}
    if not with_passwords and not known_as:
        raise Invalid(
            _("This account would have no way to sign in: neither a first password nor a “known_as”.")
        )
    password = first_passwords.made_up() if with_passwords else ""
    account = operations.Account(
        email=one.email,
        name=one.texts.get("name", ""),
        job_title=one.texts.get("job_title", ""),
        agency=queries.agency_by_code(one.texts.get("agency", "")),
        roles=one.roles or (),
        password=password or first_passwords.made_up(),
        phone=one.texts.get("phone", ""),
        team=one.texts.get("team", ""),
        first=bool(password),
    )
    made = operations.add_practitioner(actor=actor, account=account, now=now)
    if not password:
        made.set_unusable_password()
        made.save(update_fields=["password"])
    for provider, subject in known_as.items():
        outside.known_as(actor=actor, practitioner=made, provider=provider, subject=subject, now=now)
    return password


def _changed(actor: Actor, there: Practitioner, one: Listed, now: datetime) -> bool:
    code = one.texts.get("agency")
    if code and code.lower() != there.agency.code.lower():
        raise Invalid(
            _("This account is of %(code)s. An account stays with its agency.") % {"code": there.agency.code},
            next_step=_("Switch it off, and add another with an address of the other agency."),
        )
    texts = {name: value for name, value in one.texts.items() if name != "agency"}
    changed = operations.change_practitioner(
        actor=actor, practitioner=there, texts=texts, roles=one.roles, now=now
    )
    for provider, subject in one.known_as.items():
        known = OutsideIdentity.objects.filter(practitioner=there, provider=provider).first()
        if (known.subject if known else "") != subject:
            outside.known_as(actor=actor, practitioner=there, provider=provider, subject=subject, now=now)
            changed = True
    return changed
