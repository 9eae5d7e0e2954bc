"""Start Django for a command."""

import os


def setup() -> None:
    """Load the settings (which start the embedded database if it is the one in use)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jigsaw.hub.config.settings")
    import django

    django.setup()
