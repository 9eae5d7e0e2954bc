"""Behind TLS: what leads on where it comes in plain text, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def behind_tls(settings: Any) -> None:
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/find/?asked=1"])
def test_a_page_leads_on_to_where_it_is_not_in_plain_text(
    behind_tls: None, client: Client, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 301 and answer["Location"] == f"https://testserver{path}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("post", "/sign-in/"), ("post", "/find/"), ("put", "/"), ("get", "/fhir/R4/metadata")),
        *(("post", "/hub-to-hub/"), ("post", "/attendances/x/"), ("get", "/scim/v2/Users"), ("get", "/openapi.json")),
    ],
)  # fmt: skip
def test_a_form_and_a_program_are_refused_in_plain_text(
    behind_tls: None, client: Client, method: str, path: str
) -> None:
    answer = getattr(client, method)(path, {} if method == "post" else None)
    assert answer.status_code == 403 and not answer.content and "Location" not in answer
    assert "Strict-Transport-Security" not in answer


def test_over_tls_and_where_there_is_none_nothing_is_in_the_way(
    db: None, client: Client, settings: Any
) -> None:
    assert client.get("/sign-in/").status_code == 200
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    assert client.get("/sign-in/", secure=True).status_code == 200
    assert client.post("/sign-in/", {"username": "nobody"}, secure=True).status_code == 400
