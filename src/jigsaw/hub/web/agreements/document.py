"""How does the document of an agreement read as a form, and the form as a document?

Nothing is dropped on the way: what a draft says in a code that the form does not know is shown as it is, and what cannot
be read as an agreement yet is kept and told (`agreements.agreed.understood`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from jigsaw.sharing_rules.agreements import FORMAT

ALL = "*"
LISTS = {
    "permitted_use": "permittedUse",
    "restrictions": "restrictions",
    "duties": "dataRecipientResponsibilities",
    "security": "securityMeasure",
    "replaces": "replaces",
}
CODES = {"data": "data", "purposes": "purpose", "law": "legalCompliance"}
TEXTS = {"name": "name", "about": "about", "uri": "uri", "extends": "extends"}
CLAUSE_CODES = {"givers": "from", "receivers": "to", "purposes": "purpose", "data": "data", "modes": "modes"}


def as_fields(document: dict[str, Any]) -> dict[str, Any]:
    """What the form about the whole agreement shows."""
    contact, identifier = _part(document, "contact"), _part(document, "identifier")
    return {
        **{name: _text(document.get(key)) for name, key in TEXTS.items()},
        **{name: "\n".join(_texts(document.get(key))) for name, key in LISTS.items()},
        **{name: _texts(document.get(key)) for name, key in CODES.items()},
        "system": _text(identifier.get("system")),
        "contact_name": _text(contact.get("name")),
        "contact_email": _text(contact.get("email")),
        "contact_telephone": _text(contact.get("telephone")),
        "start": _day(document.get("startDate")),
        "end": _day(document.get("endDate")),
    }


def parties(document: dict[str, Any]) -> list[dict[str, Any]]:
    """What the blocks of the parties show."""
    return [
        {
            "code": _text(party.get("code")),
            "name": _text(party.get("name")),
            "catalogue": "\n".join(_texts(party.get("catalogueId"))),
            "sector": _text(party.get("sector")),
            "authorities": _texts(party.get("authorities")),
            "agency": _text(party.get("agency")),
        }
        for party in _rows(document, "party")
    ]


def clauses(document: dict[str, Any]) -> list[dict[str, Any]]:
    """What the blocks of the clauses show: the defaults, then the exceptions."""
    return [
        {
            "number": _text(clause.get("clause")),
            "rank": rank,
            "effect": _text(clause.get("effect")),
            **{name: _texts(clause.get(key)) for name, key in CLAUSE_CODES.items()},
            "words": _text(clause.get("words")),
            "role": _text(clause.get("reviewRole")),
            "valid_from": _day(clause.get("validFrom")),
            "valid_until": _day(clause.get("validUntil")),
        }
        for rank, key in (("default", "defaults"), ("exception", "exceptions"))
        for clause in _rows(document, key)
    ]


def as_document(
    whole: dict[str, Any], parties: list[dict[str, Any]], clauses: list[dict[str, Any]]
) -> dict[str, Any]:
    """The document that was filled in; the identifier's value and the version are the domain's to set."""
    return {
        "format": FORMAT,
        **{key: whole[name].strip() for name, key in TEXTS.items()},
        "extends": whole["extends"].strip() or None,
        "identifier": {"system": whole["system"].strip()},
        "contact": {part: whole[f"contact_{part}"].strip() for part in ("name", "email", "telephone")},
        "party": [_party(each) for each in parties],
        **{key: whole[name] for name, key in CODES.items()},
        **{key: _lines(whole[name]) for name, key in LISTS.items()},
        "startDate": _written(whole["start"]),
        "endDate": _written(whole["end"]),
        "defaults": [_clause(each) for each in clauses if each["rank"] != "exception"],
        "exceptions": [_clause(each) for each in clauses if each["rank"] == "exception"],
    }


def _party(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": given["code"].strip(),
        "name": given["name"].strip(),
        "catalogueId": _lines(given["catalogue"]),
        "sector": given["sector"],
        "authorities": given["authorities"],
        "agency": given["agency"],
    }


def _clause(given: dict[str, Any]) -> dict[str, Any]:
    """“All of them” goes before what is ticked beside it."""
    codes = {key: given[name] for name, key in CLAUSE_CODES.items()}
    return {
        "clause": given["number"].strip(),
        "effect": given["effect"],
        **{key: [ALL] if ALL in ticked else ticked for key, ticked in codes.items()},
        "words": given["words"].strip(),
        "reviewRole": given["role"],
        "validFrom": _written(given["valid_from"]),
        "validUntil": _written(given["valid_until"]),
    }


def _part(document: dict[str, Any], key: str) -> dict[str, Any]:
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def _rows(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = document.get(key)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""


def _texts(found: object) -> list[str]:
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _day(found: object) -> date | None:
    try:
        return date.fromisoformat(found) if isinstance(found, str) else None
    except ValueError:
        return None


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None
