"""An e-mail says that something waits, to whoever wishes so: never what, or about whom; once, and not what was read."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.test import Client, override_settings
from django.urls import reverse

from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts import reminders
from jigsaw.hub.alerts.models import Notice, Reminder
from jigsaw.hub.alerts.operations import News
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.jobs import forget_what_is_done, send_reminders
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import Invalid
from people_in_tests import Town

EVENING = datetime(2026, 11, 16, 19, 0, tzinfo=ENGLAND)
MORNING = datetime(2026, 11, 17, 7, 31, tzinfo=ENGLAND)
NEXT = MORNING + timedelta(days=1)
FIVE = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def by_mail() -> Iterator[None]:
    with override_settings(SENDS_MAIL=True, DEFAULT_FROM_EMAIL="jigsaw@hub.example"):
        yield


def told(actor: Actor, *, at: datetime, topic: str = "request.sent", key: str = "q") -> None:
    news = News(topic=topic, reference="Q-7K3M-2QXA", page="request", parts={"reference": "Q-7K3M-2QXA"})
    assert actor.practitioner_id
    alerts.tell(to=[actor.practitioner_id], news=news, key=key, at=at)


def wishes(actor: Actor, how: str) -> None:
    reminders.choose(actor=actor, how=how, now=EVENING)


def test_in_the_morning_one_message_says_that_something_waits_and_nothing_of_what(
    town: Town, mailoutbox: list[Any]
) -> None:
    told(town.amina, at=EVENING)
    told(town.amina, at=EVENING + FIVE, key="another")
    assert send_reminders.run(MORNING - timedelta(hours=1)) == 0, "not in the night"
    assert send_reminders.run(MORNING) == 1
    assert send_reminders.run(MORNING + FIVE) == 0, "once"
    [message] = mailoutbox
    email = Practitioner.objects.get(pk=town.amina.practitioner_id).email
    assert (message.to, message.from_email) == ([email], "jigsaw@hub.example")
    assert "2 things" in message.body and "/notices/" in message.body
    for word in ("Q-7K3M", "request", "asked", "Katie", town.amina.name, town.amina.agency_name):
        assert word not in message.subject + message.body
    assert AuditEntry.objects.filter(action="reminder.sent").count() == 1


def test_of_what_was_read_or_told_of_before_nobody_is_reminded(town: Town, mailoutbox: list[Any]) -> None:
    told(town.amina, at=EVENING)
    alerts.read_all(actor=town.amina, now=EVENING + FIVE)
    assert send_reminders.run(MORNING) == 0
    told(town.amina, at=MORNING + FIVE, key="new")
    assert send_reminders.run(MORNING + timedelta(hours=9)) == 0, (
        "what came during the day is told in the morning"
    )
    assert send_reminders.run(NEXT) == 1
    assert send_reminders.run(NEXT + timedelta(days=1)) == 0, "it is still unread, and they know"
    assert len(mailoutbox) == 1


def test_what_is_read_between_is_not_sent(town: Town, mailoutbox: list[Any]) -> None:
    told(town.amina, at=EVENING)
    assert reminders.write(now=MORNING) == 1
    alerts.read_all(actor=town.amina, now=MORNING)
    send_reminders.run(MORNING)
    assert (Reminder.objects.get().dropped_as, mailoutbox) == ("read", [])


def test_at_once_only_whoever_wishes_so_and_only_of_what_cannot_wait(
    town: Town, mailoutbox: list[Any]
) -> None:
    wishes(town.grace, "at_once")
    for actor in (town.grace, town.amina):
        told(actor, at=EVENING, topic="attendance.alert")
    told(town.grace, at=EVENING, key="can wait")
    assert send_reminders.run(EVENING + timedelta(minutes=1)) == 0, "whoever is there reads it now"
    assert send_reminders.run(EVENING + FIVE) == 1
    assert "cannot wait" in mailoutbox[0].subject and "2 things" in mailoutbox[0].body
    assert send_reminders.run(EVENING + 2 * FIVE) == 0
    assert send_reminders.run(MORNING) == 1, "the other in the morning"


def test_nobody_is_interrupted_more_than_five_times_a_day(town: Town, mailoutbox: list[Any]) -> None:
    wishes(town.grace, "at_once")
    for hour in range(8):
        at = MORNING + timedelta(hours=hour)
        told(town.grace, at=at, topic="attendance.alert", key=f"{hour}")
        send_reminders.run(at + FIVE)
    assert len(mailoutbox) == reminders.MOST_A_DAY
    assert send_reminders.run(NEXT) == 1, "the others in the morning"


def test_whoever_wishes_none_or_has_left_gets_none(town: Town, mailoutbox: list[Any]) -> None:
    wishes(town.amina, "never")
    for actor in (town.amina, town.hannah, town.grace):
        told(actor, at=EVENING)
    Practitioner.objects.filter(pk=town.hannah.practitioner_id).update(is_active=False)
    send_reminders.run(MORNING)
    assert [one.to for one in mailoutbox] == [[Practitioner.objects.get(pk=town.grace.practitioner_id).email]]
    with pytest.raises(Invalid):
        wishes(town.amina, "by pigeon")


class Refuses(mail.backends.base.BaseEmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise OSError("nobody listens")


def test_what_no_server_takes_is_tried_for_a_day_and_then_the_administrators_are_told(
    town: Town, mailoutbox: list[Any], settings: Any
) -> None:
    told(town.amina, at=EVENING)
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Refuses"
    assert send_reminders.run(MORNING) == 0
    assert Reminder.objects.get().sent_at is None
    settings.EMAIL_BACKEND = backend
    assert send_reminders.run(MORNING + timedelta(minutes=1)) == 0, "not every minute"
    assert send_reminders.run(MORNING + 2 * FIVE) == 1

    told(town.amina, at=MORNING + FIVE, key="another")
    settings.EMAIL_BACKEND = f"{__name__}.Refuses"
    for hour in range(0, 26, 5):
        send_reminders.run(NEXT + timedelta(hours=hour))
    assert Reminder.objects.order_by("at").last().dropped_as == "not_taken"
    assert Notice.objects.get(topic="reminder.not_taken").to_practitioner_id == town.ade.practitioner_id


class Opened(locmem.EmailBackend):
    times = 0

    def open(self) -> None:
        Opened.times += 1


def test_where_nothing_is_to_be_sent_no_line_is_opened(
    town: Town, mailoutbox: list[Any], settings: Any
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Opened"
    send_reminders.run(MORNING)
    assert Opened.times == 0
    told(town.amina, at=EVENING)
    send_reminders.run(MORNING)
    assert (Opened.times, len(mailoutbox)) == (1, 1)


def test_two_processes_remind_once(town: Town, mailoutbox: list[Any]) -> None:
    told(town.amina, at=EVENING)
    with pytest.MonkeyPatch.context() as at_the_same_time:
        before = reminders._in_the_morning(MORNING)
        reminders.write(now=MORNING)
        at_the_same_time.setattr(reminders, "_in_the_morning", lambda _now: before)
        reminders.write(now=MORNING)
    send_reminders.run(MORNING)
    assert len(mailoutbox) == Reminder.objects.count() == 1


def test_what_is_done_with_is_forgotten_but_for_the_newest(town: Town, mailoutbox: list[Any]) -> None:
    for day in range(3):
        told(town.amina, at=EVENING + timedelta(days=day), key=f"{day}")
        send_reminders.run(MORNING + timedelta(days=day))
    forget_what_is_done.run(MORNING + timedelta(days=100))
    assert Reminder.objects.count() == 1
    assert send_reminders.run(MORNING + timedelta(days=101)) == 0, "nobody is reminded anew of old things"


def test_where_no_server_is_set_up_nothing_is_noted(town: Town) -> None:
    told(town.amina, at=EVENING)
    with override_settings(SENDS_MAIL=False):
        assert send_reminders.run(MORNING) == 0
    assert not Reminder.objects.exists()


def test_one_chooses_it_under_for_you(client: Client, town: Town) -> None:
    client.force_login(Practitioner.objects.get(pk=town.amina.practitioner_id))
    assert b"told by e-mail" in client.get(reverse("notices")).content
    wrong = client.post(reverse("notices"), {"by_mail": "1", "how": "by pigeon"})
    assert wrong.status_code == 400 and reminders.wish(town.amina).how == "morning"
    client.post(reverse("notices"), {"by_mail": "1", "how": "never"})
    assert reminders.wish(town.amina).how == "never" and reminders.wish(town.hannah).how == "morning"
    with override_settings(SENDS_MAIL=False):
        assert b"sends no e-mail" in client.get(reverse("notices")).content


# --- over a real line -----------------------------------------------------------------------------------------


class Server(threading.Thread):
    """As much of an SMTP server as one message takes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.data = b""

    def run(self) -> None:
        line, _from = self.listening.accept()
        with line, line.makefile("rwb") as both:
            self._say(both, "220 ready")
            for said in both:
                word = said.strip().upper()
                if word == b"DATA":
                    self._say(both, "354 go on")
                    self.data = b"".join(iter(both.readline, b".\r\n"))
                self._say(both, "221 bye" if word == b"QUIT" else "250 ok")

    @staticmethod
    def _say(both: Any, words: str) -> None:
        both.write(f"{words}\r\n".encode())
        both.flush()


SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.parametrize(("encrypted", "arrives"), [(False, True), (True, False)])
def test_it_leaves_over_a_line_that_is_as_it_was_set_up_and_no_other(
    town: Town, settings: Any, encrypted: bool, arrives: bool
) -> None:
    server = Server()
    server.start()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", server.port
    settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = encrypted, 5
    told(town.amina, at=EVENING)
    assert send_reminders.run(MORNING) == arrives
    server.join(5)
    [row] = Reminder.objects.all()
    assert (row.sent_at is not None) == arrives
    if arrives:
        message = message_from_bytes(server.data)
        assert (
            message["Message-ID"].startswith(f"<{row.pk}@") and message["Auto-Submitted"] == "auto-generated"
        )
    else:
        assert server.data == b"", "a server that cannot encrypt is told nothing"
