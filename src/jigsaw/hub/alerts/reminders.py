"""Who is told by e-mail that something waits for them, and when?

An e-mail can be read by others, on a locked telephone or in a shared inbox. So it says that something waits, and where to
sign in: no name, no reference, not even of what kind it is. Nobody is reminded of one thing twice, nor of what they have read.
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.alerts import operations
from jigsaw.hub.alerts.kinds import AT_ONCE
from jigsaw.hub.alerts.models import Notice, Reminder, ReminderWish
from jigsaw.hub.alerts.operations import News
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import Invalid

How = ReminderWish.How
MORNING = time(7, 30)
# Whoever has the page open reads a notice within this time, and needs no e-mail.
READ_WITHIN = timedelta(minutes=3)
MOST_A_DAY = 5
TRY_AGAIN = timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(days=1)
KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Wish:
    """How the practitioner wishes to be told, and whether this hub sends e-mail at all."""

    how: str
    sent: bool


def wish(actor: Actor) -> Wish:
    """What this practitioner wished, or else what holds for everybody."""
    row = ReminderWish.objects.filter(practitioner=actor.practitioner_id).first()
    return Wish(row.how if row else How.MORNING, settings.SENDS_MAIL)


@transaction.atomic
def choose(*, actor: Actor, how: str, now: datetime) -> None:
    """This practitioner wishes to be told so from now on; audited. Raises Invalid."""
    if how not in How.values:
        raise Invalid(
            gettext_lazy("Choose how you wish to be told."), {"how": gettext_lazy("Choose one of these.")}
        )
    ReminderWish.objects.update_or_create(practitioner_id=actor.practitioner_id, defaults={"how": how})
    audit.record(actor=actor, action="reminders.chosen", detail={"how": how}, now=now)


# --- who is due -------------------------------------------------------------------------------------------


@transaction.atomic
def write(*, now: datetime) -> int:
    """Note who is to be reminded now; returns how many. Twice changes nothing, in two processes neither."""
    if not settings.SENDS_MAIL:
        return 0
    found = [*_at_once(now), *_in_the_morning(now)]
    made = Reminder.objects.bulk_create(found, ignore_conflicts=True)
    return len(made)


def _at_once(now: datetime) -> list[Reminder]:
    """Who wishes so, and has had something that cannot wait for some minutes; so many times a day at most."""
    wishing = ReminderWish.objects.filter(how=How.AT_ONCE).values("practitioner")
    rows = _untold(now).filter(to_practitioner__in=wishing, at__lte=now - READ_WITHIN)
    waiting = _newest(rows.filter(topic__in=AT_ONCE))
    day = now.astimezone(ENGLAND).date()
    had = Reminder.objects.filter(to_practitioner__in=waiting, kind=Reminder.Kind.AT_ONCE, day=day)
    counts = dict(had.values_list("to_practitioner").annotate(count=Count("pk")).order_by())
    return [
        _reminder(pk, Reminder.Kind.AT_ONCE, newest, now)
        for pk, newest in waiting.items()
        if counts.get(pk, 0) < MOST_A_DAY
    ]


def _in_the_morning(now: datetime) -> list[Reminder]:
    local = now.astimezone(ENGLAND)
    if local.time() < MORNING:
        return []
    had = Reminder.objects.filter(kind=Reminder.Kind.MORNING, day=local.date()).values("to_practitioner")
    never = ReminderWish.objects.filter(how=How.NEVER).values("practitioner")
    # What comes during the day is told of the next morning.
    begun = datetime.combine(local.date(), MORNING, ENGLAND)
    rows = _untold(now).filter(at__lte=begun)
    rows = rows.exclude(to_practitioner__in=had).exclude(to_practitioner__in=never)
    return [_reminder(pk, Reminder.Kind.MORNING, newest, now) for pk, newest in _newest(rows).items()]


def _untold(now: datetime) -> QuerySet[Notice]:
    """Unread notices of people who are there, newer than all that they were reminded of."""
    before = Reminder.objects.filter(to_practitioner=OuterRef("to_practitioner")).order_by("-up_to")
    rows = Notice.objects.filter(read_at=None, at__lte=now, to_practitioner__is_active=True)
    rows = rows.alias(told=Subquery(before.values("up_to")[:1]))
    return rows.filter(Q(told=None) | Q(at__gt=F("told")))


def _newest(rows: QuerySet[Notice]) -> dict[UUID, datetime]:
    return dict(rows.values_list("to_practitioner").annotate(newest=Max("at")).order_by())


def _reminder(to: UUID, kind: str, newest: datetime, now: datetime) -> Reminder:
    day = now.astimezone(ENGLAND).date()
    return Reminder(to_practitioner_id=to, kind=kind, day=day, up_to=newest, at=now)


# --- sending ----------------------------------------------------------------------------------------------


def any_to_send(*, now: datetime) -> bool:
    """Whether a line to the server is worth opening."""
    return _to_send(now).exists()


def _to_send(now: datetime) -> QuerySet[Reminder]:
    rows = Reminder.objects.filter(sent_at=None, dropped_as="")
    return rows.filter(Q(tried_at=None) | Q(tried_at__lte=now - TRY_AGAIN))


def send_one(line: BaseEmailBackend, *, now: datetime) -> bool | None:
    """Send the reminder that waits longest; whether it is done with, sent or not needed any more. None if none waits.

    It is noted as sent in the transaction in which a server took it. Should that break off just then, it leaves once more
    under the same Message-ID, by which mailboxes know it again. What no server takes for a day is dropped, and the
    administrators are told.
    """
    with transaction.atomic():
        rows = (
            _to_send(now).select_for_update(skip_locked=True, of=("self",)).select_related("to_practitioner")
        )
        row = rows.order_by(F("tried_at").asc(nulls_first=True), "at").first()
        return _send(line, row, now) if row else None


def _send(line: BaseEmailBackend, row: Reminder, now: datetime) -> bool:
    waiting = Notice.objects.filter(to_practitioner=row.to_practitioner, read_at=None).count()
    if not row.to_practitioner.is_active or not waiting:
        row.dropped_as = Reminder.Dropped.READ if row.to_practitioner.is_active else Reminder.Dropped.LEFT
    elif _taken(line, row, waiting):
        row.sent_at = now
        audit.record(
            actor=SYSTEM, action="reminder.sent", thing=f"practitioner {row.to_practitioner_id}", now=now
        )
    elif now - row.at >= GIVEN_UP_AFTER:
        row.dropped_as = Reminder.Dropped.NOT_TAKEN
        _tell_administrators(row, now)
    row.tried_at = now
    row.save(update_fields=["sent_at", "dropped_as", "tried_at"])
    return row.sent_at is not None or bool(row.dropped_as)


def _taken(line: BaseEmailBackend, row: Reminder, waiting: int) -> bool:
    try:
        return bool(line.send_messages([_message(row, waiting)]))
    except (smtplib.SMTPException, OSError):
        return False


def _tell_administrators(row: Reminder, now: datetime) -> None:
    news = News(topic="reminder.not_taken", reference=row.day.isoformat(), page="settings", parts={})
    to = agencies.everyone_with("settings.manage")
    operations.tell(to=to, news=news, key=f"reminder.not_taken {row.day}", at=now)


def _message(row: Reminder, waiting: int) -> EmailMessage:
    host = settings.ALLOWED_HOSTS[0]
    address = f"{'https' if settings.HTTPS else 'http'}://{host}"
    urgent = row.kind == Reminder.Kind.AT_ONCE
    many = ngettext(
        "One thing that you have not read waits for you in Jigsaw.",
        "%(n)d things that you have not read wait for you in Jigsaw.",
        waiting,
    ) % {"n": waiting}
    lines = [
        many + (" " + _("Something among it cannot wait.") if urgent else ""),
        _("Sign in to read: %(address)s") % {"address": f"{address}/notices/"},
        _(
            "This message names nobody on purpose. Do not answer it: nobody reads that. Under “For you” you choose whether you"
            " are told by e-mail."
        ),
    ]
    return EmailMessage(
        subject=_("Jigsaw: something cannot wait") if urgent else _("Jigsaw: something waits for you"),
        body="\n\n".join(lines) + "\n",
        to=[row.to_practitioner.email],
        headers={
            "Message-ID": f"<{row.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )


def forget(*, now: datetime) -> int:
    """Remove reminders that are done with for longer than KEPT_FOR; returns how many. Twice changes nothing."""
    done = Reminder.objects.exclude(sent_at=None, dropped_as="").filter(at__lt=now - KEPT_FOR)
    newest = Reminder.objects.filter(to_practitioner=OuterRef("to_practitioner")).order_by("-up_to")
    return done.exclude(pk=Subquery(newest.values("pk")[:1])).delete()[0]
