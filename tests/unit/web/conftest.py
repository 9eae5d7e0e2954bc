"""The look is tested without a database: minimal settings, unless the project's own are loaded already."""

import django
from django.conf import settings

if not settings.configured:
    settings.configure(
        SECRET_KEY="for tests of the look only",
        USE_TZ=True,
        TIME_ZONE="Europe/London",
        LANGUAGE_CODE="en-gb",
        STATIC_URL="/static/",
        INSTALLED_APPS=["django.forms", "jigsaw.hub.web"],
        FORM_RENDERER="jigsaw.hub.web.forms.Renderer",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    )
    django.setup()
