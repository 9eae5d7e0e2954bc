"""The door for web servers."""

import importlib
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jigsaw.hub.config.settings")
application = get_wsgi_application()

# Every page is there before the first is asked for: workers are made of this process, and share what it has read.
importlib.import_module("jigsaw.hub.config.urls")
