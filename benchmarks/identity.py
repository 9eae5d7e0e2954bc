"""Who is found, who is linked by itself, and for whom does it work less well?

On invented families (`jigsaw.record_linkage.invented`), with the model that this release ships or one given:

- **questions**: free text of each kind of fault; whether the right person comes first, or among five;
- **unseen**: the same for a twin, a brother or sister and a stranger who are not in the index: nobody may be linked;
- **incoming**: records as agencies write them, each judged as if it came in last: is it linked to its person, to
  somebody else, or left for a person to decide? By source, agency and name group;
- **name groups**: the same mix of faults for each group, so that no group is matched worse unseen;
- **quality**: what each source and agency leaves out.

Everybody is invented, and how often who errs is assumed, not measured.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jigsaw.record_linkage import default_model, load_model
from jigsaw.record_linkage.evaluation.asking import Index, Tallies, quality
from jigsaw.record_linkage.evaluation.evaluate import peak_mb
from jigsaw.record_linkage.invented import (
    KINDS,
    UNSEEN_KINDS,
    WORLD_DAY,
    Person,
    Query,
    RawRecord,
    families,
    name_groups,
    queries,
    sources,
)
from jigsaw.record_linkage.query_text import parse

# From the study of a million invented people with errors of the same kinds (its own generator and model).
STUDY = {"unborn": 0.73, "swapped_names": 0.79, "false_name": 0.80, "no_birth_date": 0.85}
TARGETS = {"unseen_twin": 0.015, "unseen_sibling": 0.02, "stranger": 0.0, "wrong_person": 0.0005}


def run(
    *,
    people: int,
    each: int = 200,
    incoming: int = 6_000,
    seed: int = 1,
    model: Path | None = None,
    progress: Callable[[str], None] = lambda words: None,
) -> dict[str, Any]:
    """Measure on `people` people: `each` questions of every kind and name group, `incoming` records.

    Shares of those known for what was right, of all asked for what was wrong.
    """
    began = time.perf_counter()
    taken = load_model(model) if model else default_model()
    town = list(families(people, seed))
    progress(f"Filing what agencies hold on {people:,} people …")
    held = list(sources(town, seed))
    index = Index(taken)
    records = [raw.record() for raw in held]
    for raw, record in zip(held, records, strict=True):
        index.add(raw.person_id, record)
    progress("Asking …")
    kinds = _asked(index, queries(town, each * (len(KINDS) + len(UNSEEN_KINDS)), seed))
    progress("Asking about each name group …")
    groups = _asked_by_group(index, town, each, seed)
    progress("Letting records come in …")
    arrived = _incoming(index, held, records, incoming, seed)
    return {
        "name": "identity",
        "people": people,
        "records": len(held),
        "model": taken.version,
        "questions": {kind: kinds["text"].by[kind].figures() for kind in KINDS if kind in kinds["text"].by},
        "questions_in_fields": {
            kind: kinds["fields"].by[kind].figures() for kind in KINDS if kind in kinds["fields"].by
        },
        "weak_spots": _weak_spots(kinds["text"]),
        "unseen": _unseen(kinds["fields"]),
        "name_groups": groups,
        "incoming": arrived,
        "quality": {
            "by_source": quality((raw.source, record) for raw, record in zip(held, records, strict=True)),
            "by_agency": quality((raw.agency, record) for raw, record in zip(held, records, strict=True)),
            "by_name_group": quality(
                (raw.name_group, record) for raw, record in zip(held, records, strict=True)
            ),
        },
        "targets": TARGETS,
        "seconds": round(time.perf_counter() - began, 1),
        "peak_mb": peak_mb(),
    }


def _asked(index: Index, asked: Sequence[Query]) -> dict[str, Tallies]:
    """Every query once as typed and once in fields, tallied by kind."""
    tallies = {"text": Tallies(), "fields": Tallies()}
    for query in asked:
        for how, record in (("text", parse(query.text, WORLD_DAY)), ("fields", query.record())):
            tallies[how].of(query.kind).count(index.ask(record), query.person_id, query.relative_of)
    return tallies


def _asked_by_group(index: Index, town: Sequence[Person], each: int, seed: int) -> dict[str, Any]:
    """A mix of faults about the people of every name group, in fields, so that no reading of text is in the way."""
    tallies = Tallies()
    for place, group in enumerate(name_groups()):
        own = (person for person in town if person.name_group == group)
        for query in queries(own, each, seed + 100 + place, kinds=("mixed",)):
            tallies.of(group).count(index.ask(query.record()), query.person_id)
    return {"words": {code: group.words for code, group in name_groups().items()}, **tallies.figures()}


def _weak_spots(text: Tallies) -> dict[str, Any]:
    return {
        kind: {"recall_at_1": text.by[kind].figures().get("recall_at_1"), "study": study}
        for kind, study in STUDY.items()
        if kind in text.by
    }


def _unseen(fields: Tallies) -> dict[str, Any]:
    """Of those who are not in the index, how many were linked to somebody, and how many to their own relative."""
    return {
        kind: {
            "asked": tally.asked,
            "linked": round(tally.linked_wrong / tally.asked, 4),
            "linked_to_relative": round(tally.linked_to_relative / tally.asked, 4),
            "within_target": tally.linked_wrong / tally.asked <= TARGETS[kind],
        }
        for kind in UNSEEN_KINDS
        if (tally := fields.by.get(kind))
    }


def _incoming(
    index: Index, held: Sequence[RawRecord], records: Sequence[Any], count: int, seed: int
) -> dict[str, Any]:
    """Some of the records, each as if it were the last to come in; persons with no other record are unseen."""
    chosen = random.Random(seed * 17 + 3).sample(range(len(held)), min(count, len(held)))
    by = {"all": Tallies(), "source": Tallies(), "agency": Tallies(), "name_group": Tallies()}
    for number in sorted(chosen):
        raw = held[number]
        person = raw.person_id if index.others_of(number) else 0
        answer = index.ask(records[number], without=number)
        for name, group in (
            ("all", "all"), ("source", raw.source), ("agency", raw.agency), ("name_group", raw.name_group)
        ):  # fmt: skip
            by[name].of(group).count(answer, person)
    whole = by["all"].by["all"]
    return {
        "all": whole.figures(),
        "wrong_person_within_target": whole.linked_wrong / whole.asked <= TARGETS["wrong_person"],
        **{f"by_{name}": by[name].figures() for name in ("source", "agency", "name_group")},
    }
