"""Which agreements does Jigsaw come with? One of the invented Sharetown, and a template to fill in."""

from __future__ import annotations

from typing import Any

from jigsaw.sharing_rules.vocabulary import load


def sharetown() -> dict[str, Any]:
    """The agreement of the invented Sharetown partnership, as the document that `read` takes."""
    document: dict[str, Any] = load("sharetown-agreement")
    return document


def template() -> dict[str, Any]:
    """A document to fill in. `read` refuses it and names each [blank], until every one is filled."""
    document: dict[str, Any] = load("agreement-template")
    return document
