"""The register of what was disposed of: read, handed out, checked against the log, and done again after a restore."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.audit import queries as audit_log
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.retention import access, disposing, erasing
from jigsaw.hub.retention.models import Disposal, DueItem
from jigsaw.hub.retention.things import THINGS

LISTED = 500
FORMAT = "jigsaw-disposals/1"
COLUMNS = (
    *("reference", "what", "agency", "rule", "rule_name", "source", "agreement", "due_on", "decided_at"),
    *("decided_by", "rows", "proof", "entry", "thing", "again_at"),
)


@dataclass(frozen=True)
class Checked:
    """What was found on checking the register: how many lines, and what does not fit, in words by reference.

    `there_again`: references of what stands in the tables once more, as after a restore from an older backup.
    """

    lines: int
    wrong: dict[str, str]
    there_again: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.wrong and not self.there_again


@transaction.atomic
def listed(actor: Actor, *, now: datetime) -> tuple[Disposal, ...]:
    """What the actor's agency disposed of, the newest first; audited."""
    access.check_can_decide(actor)
    rows = Disposal.objects.filter(agency=actor.agency_id).select_related("agency", "decided_by")
    audit.record(actor=actor, action="retention.register_viewed", now=now)
    return tuple(rows.order_by("-decided_at", "-pk")[:LISTED])


@transaction.atomic
def taken_out(actor: Actor, *, form: str, now: datetime) -> list[dict[str, Any]]:
    """Every line of the actor's agency's register, the oldest first, as it is exported; audited. No personal words."""
    access.check_can_decide(actor)
    audit.record(actor=actor, action="retention.register_taken_out", detail={"form": form}, now=now)
    return _lines(Disposal.objects.filter(agency=actor.agency_id))


@context.hub("disposing")
def everything() -> list[dict[str, Any]]:
    """Every line of every agency's register, the oldest first: for whoever looks after the machine."""
    return _lines(Disposal.objects.all())


def _lines(rows: Any) -> list[dict[str, Any]]:
    found = rows.select_related("agency", "decided_by").order_by("decided_at", "pk")
    return [{name: _as_text(row, name) for name in COLUMNS} for row in found]


def _as_text(row: Disposal, name: str) -> Any:
    value = getattr(row, name)
    if name == "agency":
        return row.agency.code
    if name == "decided_by":
        return row.decided_by.name if row.decided_by else ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


@context.hub("disposing")
def check() -> Checked:
    """Hold every line against the log's line of it, and look that nothing of it stands in the tables."""
    rows = list(Disposal.objects.order_by("decided_at", "pk"))
    said = audit_log.details_of(row.entry for row in rows)
    wrong = {row.reference: words for row in rows if (words := _wrong(row, said.get(row.entry)))}
    return Checked(len(rows), wrong, tuple(row.reference for row in rows if _stands(row.what, row.thing)))


def _wrong(row: Disposal, said: Mapping[str, Any] | None) -> str:
    if said is None:
        return str(_("The log has no line of it."))
    same = {"reference": row.reference, "what": row.what, "rule": row.rule, "proof": row.proof}
    if any(said.get(name) != value for name, value in same.items()):
        return str(_("The log says something else of it."))
    return ""


def _stands(what: str, thing: UUID) -> bool:
    """Are there words of it? A tombstone has none."""
    return erasing.stands(what, thing)


@context.hub("disposing")
def is_original(reference: str, document: Mapping[str, Any]) -> bool:
    """Is this document what was disposed of under this reference? Raises NotHere, and Invalid for what is none."""
    row = Disposal.objects.filter(reference=reference).first()
    if row is None:
        raise NotHere(_("There is no such line in the register."), _("Look at `jigsaw disposal list`."))
    try:
        return erasing.proof_of(document) == row.proof
    except ValueError as error:
        raise Invalid(_("This is no original of a disposal."), {}, str(error)) from error


@transaction.atomic
@context.hub("disposing")
def again(lines: Iterable[Mapping[str, Any]], *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Do again what these exported lines say, wherever its words are there once more; the references of what was done.

    For after a restore from a backup that is older than the disposals. Raises Invalid where a line cannot be read.
    """
    return tuple(line["reference"] for line in map(_read, lines) if _done_again(line, actor, now))


def _read(line: Mapping[str, Any]) -> dict[str, Any]:
    try:
        if line["what"] not in THINGS:
            raise ValueError(line["what"])
        return {
            **line,
            "thing": UUID(line["thing"]),
            "due_on": date.fromisoformat(line["due_on"]),
            "agency": agencies.agency_by_code(line["agency"]).pk,
        }
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(
            _("This is no register of disposals."),
            {},
            _("Give the file that `jigsaw disposal export` wrote."),
        ) from error


def _done_again(line: Mapping[str, Any], actor: Actor, now: datetime) -> bool:
    if not _stands(line["what"], line["thing"]):
        return False
    row = DueItem(
        what=line["what"],
        thing=line["thing"],
        agency_id=line["agency"],
        people=[],
        salt=b"",
        due_on=line["due_on"],
        source=line["source"],
        agreement=line["agreement"],
    )
    known = Disposal.objects.filter(reference=line["reference"]).first()
    if known is None:
        made = disposing.gone(
            actor=actor,
            row=row,
            reference=line["reference"],
            rule=line["rule"],
            rule_name=line["rule_name"],
            now=now,
        )
        Disposal.objects.filter(pk=made.pk).update(again_at=now)
        return True
    erasing.erase(
        row.what,
        row.thing,
        said=disposing.said(line["reference"], known.decided_at, line["rule"]),
        reference=line["reference"],
        now=now,
    )
    Disposal.objects.filter(pk=known.pk).update(again_at=now)
    audit.record(
        actor=actor,
        action="retention.disposed_again",
        thing=f"{row.what} {row.thing}",
        detail={"reference": line["reference"]},
        now=now,
    )
    return True
