"""Is the hub alive, is it ready, and how is it doing? For machines; no personal data."""

from __future__ import annotations

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from jigsaw.hub.audit import sequencing
from jigsaw.hub.kit import context, outbox
from jigsaw.papers import scanning


def alive(request: HttpRequest) -> HttpResponse:
    """For anyone: the process answers."""
    return JsonResponse({"alive": True})


def ready(request: HttpRequest) -> HttpResponse:
    """For anyone: the database answers, its tables are up to date, and nothing waits for long.

    `sequencer`: seconds that the oldest entry of the audit log waits for its place; `outbox`: messages that wait.
    `clocks_apart`: seconds by which the database’s clock is ahead of ours. Where that is more than half of what a page may
    last, the hub is not ready: the database would take no word of ours for current (kit.context).
    `scanner`: does the virus scanner answer, none: there is no such scanner; without it no document is taken, all else works.
    """
    checks: dict[str, object] = {"scanner": _scanner()}
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        checks["database"] = True
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        checks["outbox"] = outbox.waiting()
        checks["sequencer"] = _seconds_waited()
        checks["clocks_apart"] = apart = _clocks_apart()
    except DatabaseError:
        checks["database"], apart = False, 0.0
    good = bool(checks.get("database") and checks.get("migrations") and abs(apart) <= context.PAGE_LASTS / 2)
    return JsonResponse({"ready": good, **checks}, status=200 if good else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """For anyone on the machine: Prometheus text, counts only."""
    waiting = outbox.waiting()
    lines = [
        "# HELP jigsaw_outbox_waiting Messages written but not yet handled.",
        "# TYPE jigsaw_outbox_waiting gauge",
        f"jigsaw_outbox_waiting {waiting}",
        "# HELP jigsaw_audit_waiting_seconds How long the oldest entry of the audit log waits for its place.",
        "# TYPE jigsaw_audit_waiting_seconds gauge",
        f"jigsaw_audit_waiting_seconds {_seconds_waited()}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _scanner() -> bool | str:
    return scanning.is_there(settings.VIRUS_SCANNER) if settings.VIRUS_SCANNER else "none"


def _clocks_apart() -> float:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [there] = cursor.fetchone()
    return round((there - timezone.now()).total_seconds(), 1)


def _seconds_waited() -> float:
    since = sequencing.waiting_since()
    return round(max(0.0, (timezone.now() - since).total_seconds()), 1) if since else 0.0
