"""The hub's own clockwork: which jobs run, and the loop that runs them beside the server."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from jigsaw.hub.jobs import (
    deliver_agreement_notices,
    deliver_audit_alarms,
    deliver_encompass_notices,
    deliver_notices,
    discard_expired_drafts,
    escalate_overdue_requests,
    escalate_unopened_alerts,
    escalate_unreviewed_emergencies,
    exchange_audit_heads,
    file_for_partner_hubs,
    forget_what_is_done,
    look_for_patterns,
    place_audit_entries,
    propose_disposals,
    push_alerts,
    remind_to_look_again,
    remind_to_review_agreements,
    reopen_what_was_withheld,
    send_reminders,
    sign_audit_heads,
    work_on_messages,
)
from jigsaw.hub.kit import context

log = logging.getLogger("jigsaw.jobs")
JOBS: dict[str, Callable[[datetime], int]] = {
    "place_audit_entries": place_audit_entries.run,
    "sign_audit_heads": sign_audit_heads.run,
    "exchange_audit_heads": exchange_audit_heads.run,
    "deliver_audit_alarms": deliver_audit_alarms.run,
    "escalate_overdue_requests": escalate_overdue_requests.run,
    "escalate_unreviewed_emergencies": escalate_unreviewed_emergencies.run,
    "escalate_unopened_alerts": escalate_unopened_alerts.run,
    "remind_to_look_again": remind_to_look_again.run,
    "reopen_what_was_withheld": reopen_what_was_withheld.run,
    "remind_to_review_agreements": remind_to_review_agreements.run,
    "look_for_patterns": look_for_patterns.run,
    "deliver_notices": deliver_notices.run,
    "work_on_messages": work_on_messages.run,
    "deliver_encompass_notices": deliver_encompass_notices.run,
    "deliver_agreement_notices": deliver_agreement_notices.run,
    "push_alerts": push_alerts.run,
    "send_reminders": send_reminders.run,
    "propose_disposals": propose_disposals.run,
    "discard_expired_drafts": discard_expired_drafts.run,
    "forget_what_is_done": forget_what_is_done.run,
    "file_for_partner_hubs": file_for_partner_hubs.run,
}
MINUTE = 60


def run_all(now: datetime) -> dict[str, int]:
    """Run every job once; one that fails does not keep the others from running."""
    done: dict[str, int] = {}
    for name, job in JOBS.items():
        try:
            with context.working("jobs", now=now):
                done[name] = job(now)
        except DatabaseError as error:
            log.error("a job failed", exc_info=error, extra={"job": name})
    return done


def keep_running(stop: threading.Event) -> None:
    """Run all jobs every minute until told to stop."""
    while not stop.is_set():
        close_old_connections()
        run_all(timezone.now())
        stop.wait(MINUTE)
