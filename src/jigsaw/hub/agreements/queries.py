"""What did the partnership agree, as of a date, and where does it say so?

Ratings, clocks, ladders and timescales are rows with an effective-from date and a source; codes and
words that come from guidance and law are the data files beside this module.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements import instruments
from jigsaw.hub.agreements.instruments import Register
from jigsaw.hub.agreements.models import InstrumentCheck, LocalSetting
from jigsaw.hub.agreements.retention import Rule as Kept
from jigsaw.hub.agreements.retention import read as read_retention
from jigsaw.hub.agreements.school_days import SchoolDays
from jigsaw.hub.agreements.school_days import read as read_school_days
from jigsaw.hub.kit import planned
from jigsaw.hub.kit.clock import ENGLAND, WorkingHours
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.patterns import Rule
from jigsaw.patterns import read as read_rules

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class RatingLevel:
    """One rating: its name, its order (1 is most urgent), and how long its clock runs."""

    code: str
    name: str
    order: int
    answer_within: timedelta
    through_the_night: bool
    words: str


@dataclass(frozen=True)
class RatingScheme:
    """The ratings in force, their clocks and the hours in which those clocks run."""

    levels: tuple[RatingLevel, ...]
    hours: WorkingHours
    effective_from: date
    source: str

    def level(self, code: str) -> RatingLevel:
        """The level with this code; raises Invalid if the scheme has none."""
        for level in self.levels:
            if level.code == code:
                return level
        raise Invalid(_("Choose one of the ratings."), {"rating": _("Choose a rating.")})

    def due(self, code: str, start: datetime) -> datetime:
        """When an answer is due if the clock starts at `start`: Red runs on, others keep office hours."""
        level = self.level(code)
        if level.through_the_night:
            return start + level.answer_within
        return self.hours.after(start, level.answer_within)


def setting(kind: str, *, on: date, authority: UUID | None = None) -> LocalSetting:
    """The setting of this kind in force on a day: the authority's own before the partnership's."""
    rows = LocalSetting.objects.filter(kind=kind, effective_from__lte=on).order_by("-effective_from")
    found = None
    if authority:
        found = rows.filter(authority=authority).first()
    found = found or rows.filter(authority=None).first()
    if found is None:
        raise NotHere(
            _("The partnership has not set this up yet."),
            _("Ask your administrator to add the local settings."),
        )
    return found


def rating_scheme(*, on: date, authority: UUID | None = None) -> RatingScheme:
    """The rating scheme in force on a day."""
    row = setting("rating_scheme", on=on, authority=authority)
    return scheme_of(row.content, effective_from=row.effective_from, source=row.source)


def scheme_of(content: dict[str, Any], *, effective_from: date, source: str = "") -> RatingScheme:
    """A rating scheme as it is kept (see data/rating_schemes.json), with its levels most urgent first."""
    return RatingScheme(
        levels=tuple(_level(level) for level in sorted(content["ratings"], key=lambda r: r["order"])),
        hours=_hours(content["working_hours"]),
        effective_from=effective_from,
        source=source,
    )


def _level(content: dict[str, Any]) -> RatingLevel:
    return RatingLevel(
        code=content["code"],
        name=content["name"],
        order=content["order"],
        answer_within=timedelta(hours=content["answer_within_hours"]),
        through_the_night=content["runs_through_the_night"],
        words=content["words"],
    )


def _hours(content: dict[str, Any]) -> WorkingHours:
    days = {
        int(day): (time.fromisoformat(a), time.fromisoformat(b)) for day, (a, b) in content["days"].items()
    }
    return WorkingHours(days, content["closed_on_bank_holidays"])


def need_ladder(*, on: date, authority: UUID | None = None) -> dict[str, Any]:
    """Levels of need and outcomes in force on a day: {"levels": [...], "outcomes": [...]}, with source."""
    row = setting("need_ladder", on=on, authority=authority)
    return {**row.content, "source": row.source}


def second_look_one_in(*, on: date) -> int:
    """One in how many decisions on a pair of records a second person looks at as well; 0 for none.

    The partnership's own setting of the kind "pair_reviews" from its day on, else what Jigsaw comes with.
    """
    row = _own("pair_reviews", on=on)
    return int((row.content if row else words("pair_reviews"))["second_look_one_in"])


def unscheduled_care(*, on: date) -> dict[str, int]:
    """How long a plan shows after its end, and when and how often somebody is told (see data/unscheduled_care.json).

    The partnership's own setting of the kind "unscheduled_care" from its day on; what it does not say is as shipped.
    """
    shipped = {key: value for key, value in words("unscheduled_care").items() if type(value) is int}
    row = _own("unscheduled_care", on=on)
    return {**shipped, **(row.content if row else {})}


@dataclass(frozen=True)
class PatternSetting:
    """Which patterns are told of, of what kinds of record they are made, and how often one practitioner is told."""

    rules: tuple[Rule, ...]
    low_ratings: frozenset[str]
    risk_kinds: frozenset[str]
    interruptions_a_day: int


def patterns(*, on: date) -> PatternSetting:
    """The patterns that people are told of (see data/patterns.json).

    The partnership's own setting of the kind "patterns" from its day on takes the place of what it names: of a rule
    with the same code, of a list, of a number. What it does not say is as shipped.
    """
    row = _own("patterns", on=on)
    return patterns_of(row.content if row else {})


_OWN = planned.Shape(
    lambda *, kind, on: LocalSetting.objects.filter(
        kind=kind, authority=None, effective_from__lte=on
    ).order_by("-effective_from")[:1]
)


def _own(kind: str, *, on: date) -> LocalSetting | None:
    """The partnership's own setting of this kind on a day; None: what is shipped holds."""
    return next(iter(_OWN.rows(kind=kind, on=on)), None)


def patterns_of(content: dict[str, Any]) -> PatternSetting:
    """Such a setting with what is shipped beneath it; raises ValueError if a rule cannot be read."""
    shipped = words("patterns")
    said = {**shipped, **content}
    rules = {rule["code"]: rule for rule in [*shipped["rules"], *content.get("rules", ())]}
    return PatternSetting(
        rules=read_rules({"rules": list(rules.values())}),
        low_ratings=frozenset(said["low_ratings"]),
        risk_kinds=frozenset(said["risk_kinds"]),
        interruptions_a_day=int(said["interruptions_a_day"]),
    )


def pattern_content(*, on: date) -> dict[str, Any]:
    """The setting of patterns in force as it is kept, with every rule, those switched off included, and what is
    shipped beneath it: what a new one begins with."""
    row = _own("patterns", on=on)
    shipped, said = words("patterns"), row.content if row else {}
    rules = {rule["code"]: rule for rule in [*shipped["rules"], *said.get("rules", ())]}
    names = ("low_ratings", "risk_kinds", "interruptions_a_day")
    return {**{name: said.get(name, shipped[name]) for name in names}, "rules": list(rules.values())}


def record_kinds() -> frozenset[str]:
    """Every kind of record that a pattern can be made of."""
    events = (row["code"] for row in words("event_kinds")["entries"])
    return frozenset({*words("patterns")["kinds"], *events})


def school_days(*, on: date, authority: UUID) -> SchoolDays:
    """When schools of an authority are open (see data/school_days.json): its own setting of the kind "school_days",
    else the partnership's, else what is shipped. What a setting does not say is as shipped."""
    row = _school_days(on=on, authority=authority)
    return school_days_of(row.content if row else {})


def school_days_content(*, on: date, authority: UUID | None) -> dict[str, Any]:
    """The school days in force as they are kept, with what is shipped beneath: what new ones begin with.

    `authority` None: the partnership's, for every authority without its own.
    """
    row = _school_days(on=on, authority=authority)
    shipped, said = words("school_days"), row.content if row else {}
    names = ("opens", "weekdays", "closed_on_bank_holidays", "holidays", "authority_after_days")
    return {name: said.get(name, shipped[name]) for name in names}


def _school_days(*, on: date, authority: UUID | None) -> LocalSetting | None:
    rows = LocalSetting.objects.filter(kind="school_days", effective_from__lte=on)
    rows = rows.filter(Q(authority=authority) | Q(authority=None))
    return rows.order_by(F("authority").asc(nulls_last=True), "-effective_from").first()


def school_days_of(content: dict[str, Any]) -> SchoolDays:
    """Such a setting with what is shipped beneath it; raises as `agreements.school_days.read` does."""
    return read_school_days({**words("school_days"), **content})


def retention(*, on: date) -> tuple[Kept, ...]:
    """How long what agencies hold is kept (see data/retention.json), without what agreements say.

    The partnership's own setting of the kind "retention" from its day on takes the place of rules with the same code.
    """
    rows = LocalSetting.objects.filter(kind="retention", authority=None, effective_from__lte=on)
    row = rows.order_by("-effective_from").first()
    return retention_of(row.content if row else {})


def retention_of(content: dict[str, Any]) -> tuple[Kept, ...]:
    """Such a setting with what is shipped beneath it; raises as `agreements.retention.read` does."""
    rules = {rule["code"]: rule for rule in [*words("retention")["rules"], *content.get("rules", ())]}
    return read_retention({"rules": list(rules.values())})


def in_force_today(kind: str) -> UUID | None:
    """The id of the partnership's own setting of this kind in force today, by the database's clock; None if none is."""
    rows = LocalSetting.objects.filter(
        kind=kind, authority=None, effective_from__lte=TruncDate(Now(), tzinfo=ENGLAND)
    )
    return rows.order_by("-effective_from").values_list("pk", flat=True).first()


def content_of(row: UUID) -> dict[str, Any]:
    """What the setting with this id says; raises NotHere."""
    found = LocalSetting.objects.filter(pk=row).values_list("content", flat=True).first()
    if found is None:
        raise NotHere(_("There is no such setting."), _("Look at the settings in force."))
    return dict(found)


def all_settings() -> list[LocalSetting]:
    """Every setting, newest first within its kind: for the administrator's page."""
    return list(
        LocalSetting.objects.select_related("authority", "put_by__agency").order_by("kind", "-effective_from")
    )


def register(*, on: date) -> Register:
    """The law as the partnership has it on a day: what was shipped, and what its administrator found since.

    Of several checks that hold, the latest day counts, and on one day the last that was written.
    """
    checks = InstrumentCheck.objects.filter(holds_from__lte=on)
    latest = checks.order_by("code", "-holds_from", "-checked_at", "-pk").distinct("code")
    return _register(tuple(latest.values_list("pk", flat=True)), on)


@lru_cache(maxsize=8)
def _register(checks: tuple[UUID, ...], on: date) -> Register:
    """Made anew only when another check holds, or on another day: a row of what was found is never changed."""
    found = InstrumentCheck.objects.filter(pk__in=checks).select_related("checked_by")
    return instruments.register_of(words("legal_instruments")["entries"], found, on)


def checks_of(code: str) -> list[InstrumentCheck]:
    """All that was found about one law, the newest first."""
    return list(InstrumentCheck.objects.filter(code=code).select_related("checked_by__agency"))


@lru_cache(maxsize=32)
def words(name: str) -> Any:
    """The data file `name` (guidance, lawful_bases, withholding_kinds, event_kinds, …), read once."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def local_day(now: datetime) -> date:
    """The calendar day in England at `now`."""
    return now.astimezone(ENGLAND).date()
