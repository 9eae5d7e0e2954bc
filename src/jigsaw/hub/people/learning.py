"""What do the hub's own records teach about how much agreement is worth, and what would that change?

Training writes a model and changes no link. Putting a model in force changes none either: from then on new records
are weighed by it, and `relinking` shows what it would change among the old.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw import record_linkage as linkage
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.agreements import queries as agreement_queries
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import access, differing, filing, weighing
from jigsaw.record_linkage.bulk import OnDuckDB, Trained, train
from jigsaw.record_linkage.model import model_as_json, model_from_json

# Fewer records say less about names and slips than the model knows already.
FEWEST_RECORDS = 500


@dataclass(frozen=True)
class Learnt:
    """A trained model as a file; from how many records; and what each model would change now, by kind of proposal."""

    text: str
    trained: Trained
    before: str
    records: int
    differs_before: dict[str, int]
    differs_after: dict[str, int]


@context.hub("deciding")
def learn(
    *,
    actor: Actor,
    now: datetime,
    memory: str,
    to_do: differing.Progress = lambda _count: None,
    progress: differing.Progress = lambda _count: None,
    say: Callable[[str], None] = lambda _words: None,
) -> Learnt:
    """Train on all records, from the model in force; no link is changed and the model is not put in force.

    Raises Refused, and Invalid where there are too few records.
    """
    access.check_can_link(actor)
    filing.file_again()
    start = weighing.current()
    with TemporaryDirectory(prefix="jigsaw-learning-") as folder:
        index, table = differing.read(Path(folder), to_do, progress)
        if len(index.ids) < FEWEST_RECORDS:
            raise Invalid(
                _("There are too few records to learn from: at least %(fewest)d are needed.")
                % {"fewest": FEWEST_RECORDS},
                {},
            )
        say("Training")
        version = f"hub-{agreement_queries.local_day(now):%Y-%m-%d}"
        door = OnDuckDB(memory=memory)
        try:
            trained = train(table, start, door, version=version)
        finally:
            door.close()
        say("Finding what would change")
        before, after = (
            dict(Counter(each.kind for each in differing.compared(index, table, model, memory).all()))
            for model in (start, trained.model)
        )
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="model.trained",
            people=[],
            thing=f"model {version}",
            detail={"records": len(index.ids)},
            now=now,
        )
    return Learnt(model_as_json(trained.model), trained, start.version, len(index.ids), before, after)


@context.hub("deciding")
def use(*, actor: Actor, text: str, effective_from: date, source: str, now: datetime) -> linkage.Model:
    """Put a model in force from a day (inclusive) on; it stays until a later one takes over. Links stay as they are.

    `source` says who agreed it. Raises ModelError where the file cannot be used, Invalid where another model starts
    that day, Refused to whoever may not change settings.
    """
    model = model_from_json(text)
    agreements.put_in_force(
        actor=actor,
        kind=weighing.KIND,
        content={"version": model.version, "model": text},
        effective_from=effective_from,
        source=source,
        now=now,
    )
    transaction.on_commit(weighing.forget)
    weighing.forget()
    return model
