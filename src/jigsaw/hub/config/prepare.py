"""Bring the database to where the service needs it: roles, tables, rights, static files.

Runs as the owner role; the service itself never does. Running it again changes nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from jigsaw.hub.kit import postgres


def database() -> None:
    """Create the app role if it is ours to make, and bring all tables up to date as the owner."""
    postgres.prepare_roles(postgres.databases(Path(settings.HOME), os.environ))
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    connections["owner"].close()


def refuse_privileged_service() -> None:
    """Raises in words if the service would work as superuser, with BYPASSRLS, or as a table's owner."""
    postgres.refuse_privileged(postgres.databases(Path(settings.HOME), os.environ).app_url)


def static_files() -> None:
    """Collect style sheets, scripts and fonts under their hashed names."""
    call_command("collectstatic", verbosity=0, interactive=False)
