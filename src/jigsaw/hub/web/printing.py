"""How does a page become a PDF? WeasyPrint with its own print template, and never the network."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

from jigsaw.hub.web.door import Visit

# A base that resolves nowhere, so that a relative address can only mean one of our own files.
BASE = "https://print.invalid"


class OwnFilesOnly(URLFetcher):
    """Gives WeasyPrint our static files and nothing else: no network, no other file of this machine."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        wanted = unquote(parts.path)
        if f"{parts.scheme}://{parts.netloc}" != BASE or not wanted.startswith(settings.STATIC_URL):
            raise ValueError("A printed document may only use Jigsaw’s own static files.")
        path = own_file(wanted.removeprefix(settings.STATIC_URL))
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


def own_file(name: str) -> Path:
    """Where the static file `name` lies, collected or in the source; raises ValueError for anything else."""
    found = finders.find(name) or staticfiles_storage.path(name)
    path = Path(str(found))
    if not path.is_file():
        raise ValueError("There is no such static file.")
    return path


def pdf(visit: Visit, template: str, context: dict[str, Any], *, filename: str) -> HttpResponse:
    """The template as a tagged PDF to keep: marked with who it was made for and when, page by page.

    Adds `recipient` and `printed_at` to the context; `reference` is the caller's.
    """
    actor = visit.actor
    context = {**context, "recipient": f"{actor.name}, {actor.agency_name}", "printed_at": visit.now}
    html = render_to_string(template, context, request=visit.request)
    document = HTML(string=html, base_url=f"{BASE}/", url_fetcher=OwnFilesOnly())
    body = document.write_pdf(pdf_variant="pdf/ua-1")
    return HttpResponse(
        body,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
