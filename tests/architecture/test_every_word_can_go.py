"""Is every word about somebody named where things are disposed of, and does nothing point at what goes?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models
from django.db.models import Model

from jigsaw.hub.agreements.retention import WHAT
from jigsaw.hub.kit import policies
from jigsaw.hub.retention.kinds import WHAT_WORDS
from jigsaw.hub.retention.things import THINGS
from jigsaw.hub.retention.things.shape import Thing

HOLDS_WORDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
WHY_KEPT = {
    "Ids, codes and references: what was done, to what, in which state.": """
        audit_entry.action audit_entry.detail audit_entry.purpose audit_entry.roles audit_entry.thing
        chronology_entry.how_known chronology_entry.kind chronology_release.reference corrections_correction.reference
        partner_hubs_askedofus.answer partner_hubs_askedofus.purpose partner_hubs_askedofus.refused
        partner_hubs_question.answer partner_hubs_question.purpose partner_hubs_question.why_none
        people_emergencyopening.reference people_emergencyopening.verdict people_importbatch.format people_relinking.model
        retention_dueitem.what unscheduled_care_delivery.answer unscheduled_care_delivery.state unscheduled_care_delivery.way""",
    "Hashes, from which nothing can be found: those of the log must stay for its tree to verify.": """
        audit_entry.commitment audit_entry.leaf""",
    "They go by their own step, with everything that the log calls the thing, and with whoever nothing is left of.": """
        audit_words.salt audit_words.words""",
    "Practitioners of another hub at work; about whom they asked is not there.": """
        partner_hubs_askedofus.agency partner_hubs_askedofus.job_title partner_hubs_askedofus.practitioner""",
    "The proposal goes whole when it is decided on or not due any more.": """
        retention_dueitem.agreement retention_dueitem.kept_because retention_dueitem.rule retention_dueitem.rule_name
        retention_dueitem.salt retention_dueitem.source""",
    "The register itself: rules, counts and a salted proof.": """
        retention_disposal.agreement retention_disposal.proof retention_disposal.reference retention_disposal.rows
        retention_disposal.rule retention_disposal.rule_name retention_disposal.source retention_disposal.what""",
    "What a setting sent goes by itself within days of being worked on; nobody’s record yet.": """
        unscheduled_care_delivery.content unscheduled_care_delivery.digest unscheduled_care_delivery.problems
        unscheduled_care_delivery.what_was_done unscheduled_care_deliverykey.key""",
}
KEPT = {column: why for why, those in WHY_KEPT.items() for column in those.split()}
MODELS: dict[str, type[Model]] = {
    model._meta.db_table: model for model in apps.get_models(include_auto_created=True)
}


def named() -> dict[str, set[str]]:
    """By table, the columns that go for some thing; `*` where its rows do."""
    found: dict[str, set[str]] = defaultdict(set)
    for thing in THINGS.values():
        for words in thing.words:
            found[words.table] |= {*words.texts, *words.sets, *(["*"] if words.goes else [])}
    return found


def columns(table: str) -> Iterator[str]:
    """Those of a table that can hold words."""
    for field in MODELS[table]._meta.concrete_fields:
        inner = getattr(field, "base_field", field)
        if isinstance(inner, HOLDS_WORDS):
            yield field.column


def test_every_column_that_can_hold_words_goes_with_some_thing_or_is_kept_for_a_reason() -> None:
    goes = named()
    left = {
        f"{table}.{column}"
        for table in (*policies.TABLES, *policies.BY_RIGHTS)
        for column in columns(table)
        if not goes[table] & {"*", column}
    }
    assert sorted(left - KEPT.keys()) == [], "name it in retention/things, or say here why it may stay"
    assert sorted(KEPT.keys() - left) == [], "it goes, or is there no more: it needs no reason"
    assert all(KEPT.values())


def points_at(table: str) -> Iterator[str]:
    """The tables whose rows point at one."""
    for model in MODELS.values():
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model and field.related_model._meta.db_table == table:
                yield model._meta.db_table


@pytest.mark.parametrize("what", THINGS)
def test_whatever_points_at_a_row_that_goes_goes_with_it_or_makes_it_wait(what: str) -> None:
    """A row that is only changed keeps pointing: what it points at must stay, or the pointing column be changed."""
    thing: Thing = THINGS[what]
    told = {words.table for words in thing.words}
    left = {
        f"{pointing} -> {words.table}"
        for words in thing.words
        if words.goes
        for pointing in points_at(words.table)
        if pointing not in told and f" {pointing} " not in thing.candidates
    }
    assert left == set()


def test_every_kind_of_thing_has_its_words_and_its_way_out() -> None:
    assert set(WHAT) == THINGS.keys() == WHAT_WORDS.keys()
    for thing in THINGS.values():
        tables = [words.table for words in thing.words]
        assert set(tables) <= MODELS.keys()
        assert set(thing.log.values()) | ({thing.people} - {""}) <= {"itself", *thing.ids}
        for words in thing.words:
            known = {field.column for field in MODELS[words.table]._meta.concrete_fields}
            assert {*words.texts, *words.sets} <= known, f"{words.table} has no such column"
