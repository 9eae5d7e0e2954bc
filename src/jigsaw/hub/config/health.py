"""Is the hub alive, is it ready, and how is it doing? For machines; no personal data."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from jigsaw.hub.kit import outbox


def alive(request: HttpRequest) -> HttpResponse:
    """For anyone: the process answers."""
    return JsonResponse({"alive": True})


def ready(request: HttpRequest) -> HttpResponse:
    """For anyone: the database answers, its tables are up to date, and the outbox is read."""
    checks: dict[str, object] = {}
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        checks["database"] = True
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        checks["outbox"] = outbox.waiting()
    except DatabaseError:
        checks["database"] = False
    good = bool(checks.get("database") and checks.get("migrations"))
    return JsonResponse({"ready": good, **checks}, status=200 if good else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """For anyone on the machine: Prometheus text, counts only."""
    waiting = outbox.waiting()
    lines = [
        "# HELP jigsaw_outbox_waiting Messages written but not yet handled.",
        "# TYPE jigsaw_outbox_waiting gauge",
        f"jigsaw_outbox_waiting {waiting}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")
