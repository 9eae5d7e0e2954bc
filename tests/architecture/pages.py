"""What pages are there, and what do they look like? `.venv/bin/python tests/architecture/pages.py > docs/reference/pages.md`"""

from __future__ import annotations

import os
from pathlib import Path

if __name__ == "__main__":
    import sys

    sys.path.insert(0, str(Path(__file__).parents[1]))

from architecture.doors import ROUTES, Route, routes

PICTURES = Path(__file__).parents[2] / "docs/images/pages"

# Addresses that show no page of their own, and why.
NO_PAGE = {
    "home": "leads on to the first page of the role",
    "sign-out": "ends the session and leads to the sign-in page",
    "sign-in-with": "leads to another place to sign in with, where one is configured",
    "sign-in-with-back": "takes what that place answers, and leads on",
    "ways-in-sessions": "ends a session elsewhere, and leads back to how one signs in",
    "session": "answers scripts of a page left open",
    "session-away": "stands for a page left open in a browser without scripts",
    "save-draft": "keeps what is typed",
    "referral-throw-away": "forgets a draft, and leads back to the list",
    "trace-questions": "hands over a file",
    "find-answers": "answers the page of finding while one types",
    "find-none": "writes down that nobody found was meant, and leads on to raising a concern",
    "enquiry-rating": "changes the rating, and leads back to the enquiry",
    "enquiry-close": "closes the enquiry, and leads back to it",
    "enquiry-chase": "asks after an answer, and leads back to the enquiry",
    "agreement": "leads on to the version in force",
    "agreement-file": "hands over a file",
    "rights-json": "hands over a file",
    **dict.fromkeys(
        ("retention-original", "retention-csv", "retention-json", "document"), "hands over a file"
    ),
    "pair-next": "leads on to the next pair",
    "notice": "leads on to what it is about",
    "hub-to-hub": "for other hubs",
    "attendances-in": "for systems of hospitals",
    **{name: "for directories of staff" for name in ROUTES if name.startswith("scim-")},
    **{name: "for systems of hospitals" for name in ROUTES if name.startswith("fhir")},
    "openapi": "for programs",
    "healthz": "for machines",
    "readyz": "for machines",
    "metrics": "for machines",
}
# Pages on paper alone.
ON_PAPER = {"child-pdf", "rights-pdf"}

_TOP = """\
# Pages

This page is generated: `.venv/bin/python tests/architecture/pages.py > docs/reference/pages.md`. The pictures are
taken by the browser tests: `make pictures`. Everybody in them is invented. Long pages are cut.

Who may open what: [doors](doors.md).
"""


def shown() -> list[Route]:
    """Every address that shows a page."""
    return [route for route in routes() if route.name not in NO_PAGE]


def page() -> str:
    """The page for the documents, ending in one newline. Django must be set up."""
    return "\n".join([_TOP, *map(_part, shown())])


def _part(route: Route) -> str:
    words = " ".join((route.view.__doc__ or "").split())
    pictures = "" if route.name in ON_PAPER else "\n" + _pictures(route.name)
    return f"## `{route.path}`\n\n{words}\n{pictures}"


def _pictures(name: str) -> str:
    at = f"../images/pages/{name}"
    return (
        "| On a PC | On a phone |\n|---|---|\n"
        f"| ![{name} on a PC]({at}-desktop.png) | ![{name} on a phone]({at}-phone.png) |\n"
    )


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jigsaw.hub.config.settings")
    django.setup()
    print(page(), end="")
