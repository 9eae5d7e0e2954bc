"""Start Django for a command."""

import os


def setup() -> None:
    """Load the settings (which start the embedded database if it is the one in use)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jigsaw.hub.config.settings")
    import django

    django.setup()
    from jigsaw.hub.kit import context

    context.process_acts("commands")


def ready() -> None:
    """Set up Django and, on a fresh home, the database: a command works before the first `serve`."""
    setup()
    from django.db import connection

    from jigsaw.hub.kit import prepare

    if "audit_entry" not in connection.introspection.table_names():
        prepare.database()
