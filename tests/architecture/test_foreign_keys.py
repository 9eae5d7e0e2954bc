"""The house checks itself: no table points upwards, string foreign keys included."""

from __future__ import annotations

import configparser
from pathlib import Path

from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).parents[2]


def floors() -> list[str]:
    """Domains from top to ground, as .importlinter lists them."""
    linter = configparser.ConfigParser()
    linter.read(ROOT / ".importlinter")
    lines = linter["importlinter:contract:floors"]["layers"].split("\n")
    return [name.strip(" ()") for line in lines for name in line.split("|") if name.strip()]


def test_every_foreign_key_points_downwards() -> None:
    order = {name: height for height, name in enumerate(reversed(floors()))}
    upwards = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in order
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model._meta.app_label in order
        and order[field.related_model._meta.app_label] > order[model._meta.app_label]
    ]
    assert upwards == []


def test_every_domain_is_an_app_and_every_app_a_floor() -> None:
    ours = {name.rsplit(".", 1)[1] for name in settings.INSTALLED_APPS if name.startswith("jigsaw.hub.")}
    assert ours <= set(floors())


def test_no_signals_between_domains() -> None:
    using = [
        p for p in (ROOT / "src/jigsaw/hub").rglob("*.py") if "django.db.models.signals" in p.read_text()
    ]
    assert using == []


def test_no_exceptions_from_the_house_rules() -> None:
    assert "ignore_imports" not in (ROOT / ".importlinter").read_text()
