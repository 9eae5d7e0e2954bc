"""Which children were looked after from when until when, by an SSDA903 return?

Reads the CSV files of the return: `episodes`, and `header` for the date of birth and UPN. The return cuts a period
of care wherever placement or legal status changes; an alert needs the period, so the pieces are joined.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from jigsaw.formats.opening import Source
from jigsaw.formats.plan_episodes import PlanEpisode, PlanReading, Row, check_period, known_by, rows_of
from jigsaw.formats.records import Findings, IncomingIdentifier, Problem
from jigsaw.formats.text import upn

LEGAL_STATUSES = frozenset("C1 C2 D1 E1 V2 V3 V4 L1 L2 L3 J1 J2 J3".split())  # noqa: SIM905 - the code set
_CONTINUES = "X1"  # the episode ended because another began on the same day
_STARTS = "S"
_UPN_UNKNOWN = frozenset({"UN1", "UN2", "UN3", "UN4", "UN5", "UN6", "UN7"})


def read(
    episodes: Source, header: Source | None = None, *, authority: str = "", on: date | None = None
) -> PlanReading:
    """One `looked_after` PlanEpisode for each period of care, by child in the order of the file.

    `number` and its problems count rows of `episodes` (heading = 1). Rows that continue another are in `raw`
    under `rows`. `on` is the day of reading. Raises Unreadable if either is not its file.
    """
    rows = rows_of(
        episodes, needed=("child", "decom", "ls", "dec", "rec"), what="episodes file of an SSDA903 return"
    )
    children: dict[str, Row] = {}
    if header is not None:
        for row in rows_of(header, needed=("child", "dob"), what="header file of an SSDA903 return"):
            children.setdefault(row.text("child"), row)
    by_child: dict[str, list[Row]] = {}
    for row in rows:
        by_child.setdefault(row.text("child") or f"\n{row.number}", []).append(row)
    for child, held in by_child.items():
        if header is not None and child not in children:
            yield Problem(held[0].number, "CHILD", "not_in_header", "The header file does not have this child, so the "
                          "date of birth is not known. Export both files again.", "warning")  # fmt: skip
        for period in _periods(held):
            yield _episode(period, children.get(child), authority, on)


def _periods(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows without a readable start each stand alone: where they belong is not known."""
    dated = sorted(
        (row for row in rows if row.date("decom")), key=lambda row: (row.date("decom"), row.number)
    )
    period: list[Row] = []
    for row in dated:
        if period and not _continues(period[-1], row):
            yield period
            period = []
        period.append(row)
    if period:
        yield period
    yield from ([row] for row in rows if row.date("decom") is None)


def _continues(before: Row, after: Row) -> bool:
    """The earlier one says that it goes on, or the later one begins where it ended and does not say it is new."""
    if after.text("rne").upper() == _STARTS:
        return False
    return before.text("rec").upper() == _CONTINUES or before.date("dec") == after.date("decom")


def _episode(period: list[Row], child: Row | None, authority: str, on: date | None) -> PlanEpisode:
    first, last = period[0], period[-1]
    findings = Findings(first.number)
    start, end = first.date("decom", findings), last.date("dec")
    if last.text("rec").upper() == _CONTINUES and end:
        findings.warn("REC", "episode_missing", "The last episode says that another follows, and none does. It is taken "
                      "to go on; check the return.")  # fmt: skip
        end = None
    elif last.text("dec") and end is None:
        findings.refuse("DEC", "not_a_date", "The end of the episode is no date, so nobody can tell whether the child "
                        "is still looked after. Correct it in your case system.")  # fmt: skip
    check_period(findings, start, end, "DECOM", "DEC", on)
    status = last.text("ls").upper()
    if status not in LEGAL_STATUSES:
        findings.warn("LS", "unknown_code", f"“{status[:20]}” is not a legal status. It is kept as it is.")
    identifiers = _identifiers(first, child, findings)
    return PlanEpisode(
        number=first.number,
        source_key=known_by(identifiers, findings, "CHILD"),
        kind="looked_after",
        from_date=start,
        until_date=end,
        category=status,
        authority=authority,
        identifiers=identifiers,
        born=child.date("dob", findings) if child else None,
        raw={"rows": [{"row": row.number, **row.cells} for row in period]},
        problems=findings.all(),
    )


def _identifiers(row: Row, child: Row | None, findings: Findings) -> tuple[IncomingIdentifier, ...]:
    found = [IncomingIdentifier("la_child_id", told)] if (told := row.text("child")) else []
    pupil = child.text("upn").upper() if child else ""
    if shaped := upn(pupil):
        found.append(IncomingIdentifier("upn", shaped))
    elif pupil and pupil not in _UPN_UNKNOWN:
        findings.warn("UPN", "upn_shape", "The UPN is not a letter, eleven digits and a last digit or letter, so it is "
                      "not used. Check it with the school.")  # fmt: skip
    return tuple(found)
