"""Is it really they, and not somebody who learnt their password? Apps, passkeys and recovery codes.

A practitioner adds and removes their own; an administrator can only take all of somebody's away, when they are lost.
Every step is in the audit log, with the kind and the id of what was used, never with a code, a secret or a key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import access, codes, passkeys, queries, tries
from jigsaw.hub.agencies.models import Practitioner, RecoveryCode, SecondFactor
from jigsaw.hub.agencies.operations import SignIn
from jigsaw.hub.agencies.passkeys import Question, Site
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.kit.ids import uuid7

PASSKEYS_AT_MOST = 10


def required() -> bool:
    """Must whoever signs in with a password have a second factor? As configured; else unless all is invented."""
    if settings.SECOND_FACTOR:
        return bool(settings.SECOND_FACTOR == "required")
    partnership = queries.partnership()
    return not (partnership and partnership.demonstration)


# --- proving it ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Code:
    """What was typed: a code of the app, or a recovery code."""

    typed: str


@dataclass(frozen=True)
class PasskeyAnswer:
    """What the browser answered, and the question that was remembered for it (None: none was asked)."""

    site: Site
    state: dict[str, Any] | None
    answer: str


@dataclass(frozen=True)
class Confirmed(SignIn):
    """As `SignIn`; and by what: "app", "passkey" or "recovery code"."""

    by: str = ""


@transaction.atomic
def confirm(*, actor: Actor, practitioner: UUID, proof: Code | PasskeyAnswer, now: datetime) -> Confirmed:
    """Try a second factor of whoever gave their password; every try is written down, too many wrong ones wait.

    `actor` is the hub itself at signing in, and the practitioner when they prove it again. A code counts once, a
    recovery code is gone, and a passkey that was used less often than it said before is refused as a copy.
    """
    so_far = tries.held(tries.second_factor_of(practitioner), now)
    known = queries.active_practitioner(practitioner)
    if until := tries.must_wait(so_far, now):
        _refused(actor, practitioner, "must_wait", now)
        return Confirmed(waits_until=until)
    by = _proved(practitioner, proof, now) if known else None
    if known is None or by is None:
        tries.add(so_far, now)
        kind = "wrong_code" if isinstance(proof, Code) else "wrong_passkey"
        _refused(actor, practitioner, kind, now)
        return Confirmed(waits_until=tries.must_wait(so_far, now))
    tries.clear(so_far)
    signed = queries.actor_for(known)
    action = "practitioner.signed_in" if actor is SYSTEM else "practitioner.confirmed"
    _note(signed, action, practitioner, now, by=by, left=queries.recovery_codes_left(practitioner))
    return Confirmed(practitioner=known, by=by)


def _proved(practitioner: UUID, proof: Code | PasskeyAnswer, now: datetime) -> str | None:
    if isinstance(proof, PasskeyAnswer):
        return "passkey" if _passkey_proves(practitioner, proof, now) else None
    if _app_proves(practitioner, proof.typed, now):
        return "app"
    return "recovery code" if _recovery_code_proves(practitioner, proof.typed) else None


def _app_proves(practitioner: UUID, typed: str, now: datetime) -> bool:
    app = SecondFactor.objects.select_for_update().filter(practitioner=practitioner, kind="app").first()
    if app is None:
        return False
    secret = codes.unseal(app.sealed_secret, bound_to=f"app {app.pk}")
    step = secret and codes.step_of(secret, typed, now=now, after=app.last_step)
    if not step:
        return False
    app.last_step, app.last_used_at = step, now
    app.save(update_fields=["last_step", "last_used_at"])
    return True


def _recovery_code_proves(practitioner: UUID, typed: str) -> bool:
    """Deleting it is the test: of two who type the same code at once, one is let in."""
    kept = codes.kept_as(typed, practitioner=practitioner)
    return bool(kept and RecoveryCode.objects.filter(practitioner=practitioner, kept_as=kept).delete()[0])


def _passkey_proves(practitioner: UUID, proof: PasskeyAnswer, now: datetime) -> bool:
    mine = SecondFactor.objects.select_for_update().filter(practitioner=practitioner, kind="passkey")
    there = {bytes(each.credential_id): each for each in mine if each.host == proof.site.host}
    if proof.state is None:
        return False
    try:
        verifiers = [each.verifier for each in there.values()]
        told = passkeys.answered(proof.site, proof.state, proof.answer, there=verifiers)
    except passkeys.Wrong:
        return False
    used = there[told.credential_id]
    # Most passkeys do not count and always say 0. One that counts and goes back has a double somewhere.
    if told.used <= used.used and (told.used or used.used):
        return False
    used.used, used.last_used_at = told.used, now
    used.save(update_fields=["used", "last_used_at"])
    return True


def _refused(actor: Actor, practitioner: UUID, why: str, now: datetime) -> None:
    audit.record(
        actor=actor,
        action="sign_in.refused",
        thing=f"practitioner {practitioner}",
        detail={"why": why},
        now=now,
    )


def ask_passkey(practitioner: UUID, *, site: Site) -> Question | None:
    """The question to those passkeys of theirs that are for this site; None if there are none."""
    there = [
        each.verifier
        for each in queries.second_factors(practitioner)
        if each.kind == "passkey" and each.host == site.host
    ]
    return passkeys.ask_to_use(site, there=there) if there else None


# --- adding and removing ------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewApp:
    """A secret that an app is about to learn: sealed, to be kept until a code of it comes; and as it is shown."""

    sealed: bytes
    by_hand: str
    address: str


def new_app(actor: Actor, *, sealed: bytes | None = None) -> NewApp:
    """A new secret for one's app; or the same again, where one was begun."""
    mine = _me(actor)
    secret = codes.unseal(sealed, bound_to=f"new app {mine.pk}") if sealed else None
    secret = secret or codes.fresh_secret()
    partnership = queries.partnership()
    issuer = f"Jigsaw {partnership.name}" if partnership else "Jigsaw"
    return NewApp(
        sealed=codes.seal(secret, bound_to=f"new app {mine.pk}"),
        by_hand=codes.as_typed_by_hand(secret),
        address=codes.address_for_app(secret, account=mine.email, issuer=issuer),
    )


@transaction.atomic
def add_app(*, actor: Actor, sealed: bytes, code: str, now: datetime) -> list[str]:
    """Add an app that has learnt the secret of `new_app`, shown by a code of it; instead of one there was.

    Returns new recovery codes if there were none, to be shown once. Raises Invalid if the code is not its.
    """
    mine = _me(actor)
    secret = codes.unseal(sealed, bound_to=f"new app {mine.pk}")
    step = secret and codes.step_of(secret, code, now=now, after=0)
    if not secret or not step:
        wrong = _(
            "This is not the code that the app shows now. Check the telephone’s clock, and type the next one"
        )
        raise Invalid(_("The app was not added."), {"code": wrong})
    for old in SecondFactor.objects.filter(practitioner=mine, kind="app"):
        _take(actor, old, now)
    pk = uuid7()
    _added(
        actor,
        SecondFactor(
            id=pk,
            practitioner=mine,
            kind="app",
            name=str(_("Authenticator app")),
            sealed_secret=codes.seal(secret, bound_to=f"app {pk}"),
            last_step=step,
            added_at=now,
        ),
        now,
    )
    return _first_codes(actor, mine, now)


def ask_new_passkey(actor: Actor, *, site: Site) -> Question:
    """The question to a browser that is to make a passkey for this site."""
    mine = _me(actor)
    there = [each.verifier for each in queries.second_factors(mine.pk) if each.host == site.host]
    return passkeys.ask_to_make(site, practitioner=mine.pk, email=mine.email, name=mine.name, there=there)


@transaction.atomic
def add_passkey(*, actor: Actor, name: str, made: PasskeyAnswer, now: datetime) -> list[str]:
    """Add the passkey that the browser made. Returns new recovery codes if there were none, to be shown once.

    Raises Invalid for what is no passkey made for this question, for a name that is missing, and past ten.
    """
    mine = _me(actor)
    if not name.strip():
        wrong = _("Give it a name, such as “Work laptop”")
        raise Invalid(_("The passkey was not added."), {"name": wrong})
    there = SecondFactor.objects.filter(practitioner=mine, kind="passkey").count()
    if there >= PASSKEYS_AT_MOST:
        raise Invalid(_("You have ten passkeys."), {"name": _("Remove one that you no longer use")})
    new = _new_passkey(made)
    _added(
        actor,
        SecondFactor(
            practitioner=mine,
            kind="passkey",
            name=name.strip(),
            host=made.site.host,
            credential_id=new.credential_id,
            verifier=new.verifier,
            used=new.used,
            added_at=now,
        ),
        now,
    )
    return _first_codes(actor, mine, now)


def _new_passkey(answer: PasskeyAnswer) -> passkeys.Made:
    refused = Invalid(_("The passkey was not added."), {"name": _("The passkey was not made. Try once more")})
    if answer.state is None:
        raise refused
    try:
        new = passkeys.made(answer.site, answer.state, answer.answer)
    except passkeys.Wrong as wrong:
        raise refused from wrong
    if SecondFactor.objects.filter(credential_id=new.credential_id).exists():
        raise refused
    return new


@transaction.atomic
def remove(*, actor: Actor, factor: UUID, now: datetime) -> None:
    """Remove one's own app or passkey; with the last of them the recovery codes go. Raises NotHere."""
    mine = _me(actor)
    _take(actor, one_of_mine(actor, factor), now)
    if not queries.has_second_factor(mine):
        RecoveryCode.objects.filter(practitioner=mine).delete()


def one_of_mine(actor: Actor, factor: UUID) -> SecondFactor:
    """One's own app or passkey; raises NotHere, whether there is none or it is another’s."""
    found = SecondFactor.objects.filter(pk=factor, practitioner=actor.practitioner_id).first()
    if found is None:
        raise NotHere(_("This is not one of yours."), _("Go back to “How you sign in”."))
    return found


@transaction.atomic
def new_recovery_codes(*, actor: Actor, now: datetime) -> list[str]:
    """Ten new codes instead of those there were, to be shown once. Raises Invalid without an app or a passkey."""
    mine = _me(actor)
    if not queries.has_second_factor(mine):
        raise Invalid(
            _("Recovery codes stand in for an app or a passkey, and you have none."),
            next_step=_("Add an app or a passkey first."),
        )
    return _codes_for(actor, mine, now)


@transaction.atomic
def take_away(*, actor: Actor, practitioner: Practitioner, now: datetime) -> int:
    """Take away all of somebody's second factors, when they are lost; returns how many apps and passkeys.

    They sign in with the password once, and add another where it is required. Raises Refused; Invalid for one's own.
    """
    access.check_can_manage(actor)
    if practitioner.pk == actor.practitioner_id:
        raise Invalid(
            _("You cannot take away your own second factors here."),
            next_step=_("Remove them on “How you sign in”, or ask another administrator."),
        )
    gone = SecondFactor.objects.filter(practitioner=practitioner).delete()[0]
    RecoveryCode.objects.filter(practitioner=practitioner).delete()
    _note(actor, "second_factor.all_taken_away", practitioner.pk, now, factors=gone)
    return gone


def _me(actor: Actor) -> Practitioner:
    """Whoever acts, while their account is on."""
    found = queries.active_practitioner(actor.practitioner_id)
    if found is None:
        raise NotHere(_("This account is switched off."), _("Ask your administrator."))
    return found


def _added(actor: Actor, factor: SecondFactor, now: datetime) -> None:
    factor.save(force_insert=True)
    _note(actor, "second_factor.added", factor.practitioner_id, now, kind=factor.kind, factor=str(factor.pk))


def _take(actor: Actor, factor: SecondFactor, now: datetime) -> None:
    told = {"kind": factor.kind, "factor": str(factor.pk)}
    factor.delete()
    _note(actor, "second_factor.removed", factor.practitioner_id, now, **told)


def _first_codes(actor: Actor, mine: Practitioner, now: datetime) -> list[str]:
    return [] if queries.recovery_codes_left(mine.pk) else _codes_for(actor, mine, now)


def _codes_for(actor: Actor, mine: Practitioner, now: datetime) -> list[str]:
    made = codes.recovery_codes()
    RecoveryCode.objects.filter(practitioner=mine).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(practitioner=mine, kept_as=codes.kept_as(code, practitioner=mine.pk)) for code in made
    )
    _note(actor, "recovery_codes.made", mine.pk, now, codes=len(made))
    return made


def _note(actor: Actor, action: str, practitioner: UUID, now: datetime, **detail: Any) -> None:
    audit.record(actor=actor, action=action, thing=f"practitioner {practitioner}", detail=detail, now=now)
