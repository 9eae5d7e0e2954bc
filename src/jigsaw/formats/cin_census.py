"""Which children does a children-in-need census return speak of, and what was done for them when?

Reads the DfE CIN census XML of 2016-17 to 2025-26, one child at a time. No known sample validates against its
own schema, so nothing is validated: each element is looked for by its name, whatever its namespace, order or
nesting, and what cannot be understood is reported and kept in `raw`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, BinaryIO

from lxml import etree

from jigsaw.formats import cin_codes as codes
from jigsaw.formats import dates
from jigsaw.formats.opening import WORDS, Source, opened, sniff
from jigsaw.formats.records import (
    Findings,
    IdentifierKind,
    IncomingIdentifier,
    IncomingInvolvement,
    IncomingPerson,
    Problem,
    Reading,
    SeenKeys,
    Sex,
    Unreadable,
    source_key,
)
from jigsaw.formats.text import clean, upn

REFERRAL = "Children's social care: referral and assessment"
CIN_PLAN = "Children's social care: child in need plan"
SECTION_47 = "Children's social care: section 47 enquiry"
CP_PLAN = "Children's social care: child protection plan"

# A child in need is at most 25 (a care leaver with a pathway plan); older means a slip in the year.
_OLDEST = 26

_KNOWN_ELEMENTS = frozenset(
    """ChildIdentifiers LAchildID UPN FormerUPN UPNunknown PersonBirthDate ExpectedPersonBirthDate
    GenderCurrent Sex PersonDeathDate ChildCharacteristics Ethnicity Disabilities Disability
    CINdetails CINreferralDate ReferralSource PrimaryNeedCode CINclosureDate ReasonForClosure
    DateOfInitialCPC ReferralNFA Assessments AssessmentActualStartDate AssessmentInternalReviewDate
    AssessmentAuthorisationDate FactorsIdentifiedAtAssessment AssessmentFactors CINPlanDates
    CINPlanStartDate CINPlanEndDate Section47 S47ActualStartDate InitialCPCtarget ICPCnotRequired
    ChildProtectionPlans CPPstartDate CPPendDate InitialCategoryOfAbuse LatestCategoryOfAbuse
    NumberOfPreviousCPP Reviews CPPreviewDate""".split()  # noqa: SIM905 - reads as the list that it is
)
_DATES = frozenset(name for name in _KNOWN_ELEMENTS if "Date" in name and name != "CINPlanDates") | {
    "InitialCPCtarget"
}
_MAY_LIE_AHEAD = frozenset({"ExpectedPersonBirthDate", "InitialCPCtarget"})
_ONE_PER_CHILD = (
    "LAchildID",
    "UPN",
    "PersonBirthDate",
    "ExpectedPersonBirthDate",
    "PersonDeathDate",
    "Sex",
    "GenderCurrent",
    "Ethnicity",
)


def read(source: Source, *, on: date | None = None) -> Reading:
    """One IncomingPerson for each `Child`, in order; `number` is its place in the file, from 1.

    Dates are checked against the header's reference date, or `on`, the day of reading, where it has none.
    Bare Problems (record 0) concern the header. Memory stays flat however long the file is. Raises Unreadable
    if the file is not XML, has a document type (where entity bombs live), holds no child, or breaks off; a
    break is only known when it is reached, so keep nothing until the reading has ended.
    """
    with opened(source) as stream:
        kind = sniff(stream)
        if kind != "xml":
            raise Unreadable(
                f"This is {WORDS[kind]}. Choose the XML file of a children in need census return."
            )
        try:
            yield from _read(stream, on)
        except etree.XMLSyntaxError as error:
            raise Unreadable(_broken(error)) from error


def _read(stream: BinaryIO, on: date | None) -> Reading:
    reference = on
    seen = SeenKeys()
    number = 0
    for name, element in _elements(stream):
        if name == "Header":
            header_date, problems = _header_problems(element)
            reference = header_date or on
            yield from problems
        else:
            number += 1
            yield _child(element, number, reference, seen)
        _forget(element)
    if number == 0:
        raise Unreadable("The file holds no child. Choose the XML file of a children in need census return.")


def _elements(stream: BinaryIO) -> Iterator[tuple[str, Any]]:
    """Each finished Header and Child. Nothing outside the file is fetched and no entity is replaced."""
    context = etree.iterparse(
        stream,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = None
    inside_child = 0
    for event, element in context:
        if root is None:
            root = element
            _refuse_document_type(root)
        name = _name(element)
        if name == "Child":
            inside_child += 1 if event == "start" else -1
        if event == "end" and inside_child == 0:
            if name in ("Child", "Header"):
                yield name, element
            elif element is not root and element.getparent() is root and name != "Children":
                _forget(element)


def _refuse_document_type(root: Any) -> None:
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.externalDTD is not None or info.doctype:
        raise Unreadable(
            "The file has a document type (DOCTYPE), which a census return "
            "never has and which can hide harmful "
            "content. Export the return from your case system again."
        )


def _forget(element: Any) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _broken(error: Any) -> str:
    line = error.position[0] if error.position and error.position[0] else error.lineno
    told = str(error.msg or "")
    if "encoding" in told.lower() or "not proper utf-8" in told.lower() or "invalid bytes" in told.lower():
        return (
            f"Line {line} is not in the text encoding that the file names. "
            "Export the return from your case system again as UTF-8; nothing was kept."
        )
    return (
        f"The XML breaks off or goes wrong at line {line}. "
        "Export or download the return again and import the whole file; nothing was kept."
    )


# --- the header -------------------------------------------------------------------------------------------


def _header_problems(header: Any) -> tuple[date | None, tuple[Problem, ...]]:
    findings = Findings(0)
    block = _Block(header, findings)
    collection, reference = block.text("Collection"), block.date("ReferenceDate")
    if collection and collection.upper() != "CIN":
        findings.warn(
            "Collection",
            "other_collection",
            f"The header calls this collection “{collection[:40]}”, not CIN. "
            "Check that this is the right file.",
        )
    if reference is None:
        findings.warn(
            "ReferenceDate",
            "no_reference_date",
            "The header has no readable reference date. Check which year the return is for.",
        )
    else:
        _check_reference(findings, block.text("Year"), reference)
    return reference, findings.all()


def _check_reference(findings: Findings, year: str, reference: date) -> None:
    if (reference.month, reference.day) != (3, 31):
        findings.warn(
            "ReferenceDate",
            "reference_date",
            f"The reference date is {_words(reference)}, but a census year ends on 31 March. "
            "Check which year the return is for.",
        )
    if year != str(reference.year):
        findings.warn(
            "Year",
            "year",
            f"The header says year “{year[:20]}”, but its reference date is {_words(reference)}. "
            "Check which year the return is for.",
        )


# --- a child ----------------------------------------------------------------------------------------------


class _Block:
    """One element of a child and what lies inside it, found by name in a single pass."""

    def __init__(self, element: Any, findings: Findings) -> None:
        self.element = element
        self.findings = findings
        self._inside: dict[str, list[Any]] = {}
        for found in element.iterdescendants():
            self._inside.setdefault(_name(found), []).append(found)

    def all(self, name: str) -> list[Any]:
        return self._inside.get(name, [])

    def blocks(self, name: str) -> list[_Block]:
        return [_Block(found, self.findings) for found in self.all(name)]

    def elements(self) -> Iterator[tuple[str, Any]]:
        return ((name, found) for name, inside in self._inside.items() for found in inside)

    def text(self, name: str) -> str:
        """The first such text that is not blank; direct children go before deeper ones, because a referral
        and an enquiry each have a DateOfInitialCPC of their own."""
        inside = self.all(name)
        for found in [one for one in inside if one.getparent() is self.element] or inside:
            if text := clean(found.text or ""):
                return text
        return ""

    def date(self, name: str) -> date | None:
        return dates.parse(self.text(name))

    def code(self, name: str, known: Collection[str]) -> str:
        """The code in capitals; one outside `known` is reported and kept."""
        told = self.text(name).upper()
        if told and told not in known:
            self.unknown_code(name, told)
        return told

    def label(self, name: str, labels: Mapping[str, str]) -> str:
        told = self.code(name, labels.keys())
        return labels.get(told, told)

    def says_yes(self, name: str) -> bool:
        return self.text(name).lower() in ("1", "true")

    def unknown_code(self, name: str, told: str) -> None:
        self.findings.warn(
            name,
            "unknown_code",
            f"“{told[:40]}” is not a census code for {name}. "
            "It is kept as it is; check it in your case system.",
        )


def _child(element: Any, number: int, reference: date | None, seen: SeenKeys) -> IncomingPerson:
    findings = Findings(number)
    child = _Block(element, findings)
    _check_structure(child)
    _check_dates(child, reference)
    _check_life(child, reference)
    identifiers = _identifiers(child)
    born = child.date("PersonBirthDate")
    return IncomingPerson(
        number=number,
        source_key=_key(child, identifiers, born, seen),
        born=born,
        born_accuracy="AAA" if born else "UUU",
        expected_on=child.date("ExpectedPersonBirthDate"),
        died_on=child.date("PersonDeathDate"),
        sex=_sex(child),
        ethnicity=child.code("Ethnicity", codes.ETHNICITIES),
        disabilities=_disabilities(child),
        identifiers=identifiers,
        involvements=_involvements(child),
        raw=_raw(element),
        problems=findings.all(),
    )


def _key(
    child: _Block, identifiers: tuple[IncomingIdentifier, ...], born: date | None, seen: SeenKeys
) -> str:
    key = source_key(identifiers, (), born)
    if key.startswith("told:"):
        child.findings.refuse(
            "LAchildID",
            "no_identifier",
            "The child has neither an LA child id nor a UPN, so nobody can tell who it is. "
            "Add the LA child id in your case system and export again.",
        )
        return f"{key}:{child.findings.record}"
    seen.check(key, (), born, "LAchildID", child.findings)
    return key


def _check_structure(child: _Block) -> None:
    for name, element in child.elements():
        if name not in _KNOWN_ELEMENTS:
            child.findings.warn(
                name[:80],
                "unknown_element",
                f"{name[:80]} is not part of the census. It is kept but not used.",
            )
        if clean(element.tail or "") or (len(element) and clean(element.text or "")):
            child.findings.warn(
                name,
                "stray_text",
                f"There is loose text beside {name}. It is kept; correct it at the source.",
            )
    for name in _ONE_PER_CHILD:
        told = {clean(element.text or "") for element in child.all(name)} - {""}
        if len(told) > 1:
            child.findings.warn(
                name, "repeated", f"{name} is given more than once; the first is used. Check which is right."
            )


def _check_dates(child: _Block, reference: date | None) -> None:
    """Every date there is, used or not: unreadable, or after the day that the return looks back from."""
    for name, element in child.elements():
        told = clean(element.text or "") if name in _DATES else ""
        day = dates.parse(told)
        if told and day is None:
            child.findings.warn(
                name,
                "not_a_date",
                f"“{told[:40]}” in {name} is not a date. Write it as 2015-04-25 and export again.",
            )
        if day and reference and day > reference and name not in _MAY_LIE_AHEAD:
            child.findings.warn(
                name,
                "after_reference_date",
                f"{name} is {_words(day)}, after the return's reference date. Check the date.",
            )


def _check_life(child: _Block, reference: date | None) -> None:
    findings, born, died = child.findings, child.date("PersonBirthDate"), child.date("PersonDeathDate")
    if not child.text("PersonBirthDate") and not child.text("ExpectedPersonBirthDate"):
        findings.warn(
            "PersonBirthDate", "no_birth_date", "There is no date of birth. Add it before matching."
        )
    if born and child.date("ExpectedPersonBirthDate"):
        findings.warn(
            "ExpectedPersonBirthDate",
            "contradiction",
            "Both a date of birth and an expected date of birth are given. Remove the expected one.",
        )
    if born and died and died < born:
        findings.warn(
            "PersonDeathDate", "date_order", "The date of death is before the date of birth. Check both."
        )
    if born and reference and reference.year - born.year > _OLDEST:
        findings.warn(
            "PersonBirthDate",
            "implausible_date",
            f"{_words(born)} is not a likely date of birth in a return for {_words(reference)}. "
            "Check the year.",
        )


def _identifiers(child: _Block) -> tuple[IncomingIdentifier, ...]:
    found = []
    if la_child_id := child.text("LAchildID"):
        found.append(IncomingIdentifier("la_child_id", la_child_id))
    found += _pupil_number(child, "UPN", "upn")
    found += _pupil_number(child, "FormerUPN", "former_upn")
    reason = child.code("UPNunknown", codes.UPN_UNKNOWN_REASONS)
    if reason and child.text("UPN"):
        child.findings.warn(
            "UPNunknown",
            "contradiction",
            "A UPN is given together with a reason why it is unknown. Remove one.",
        )
    return tuple(found)


def _pupil_number(child: _Block, name: str, kind: IdentifierKind) -> list[IncomingIdentifier]:
    told = child.text(name)
    shaped = upn(told)
    if told and shaped is None:
        child.findings.warn(
            name,
            "upn_shape",
            f"{name} is not a letter, eleven digits and a last digit or letter, so it is not used. "
            "Check it with the school.",
        )
    return [IncomingIdentifier(kind, shaped)] if shaped else []


def _sex(child: _Block) -> Sex:
    name = "Sex" if child.text("Sex") else "GenderCurrent"
    return codes.SEX.get(child.code(name, codes.SEX), "")


def _disabilities(child: _Block) -> tuple[str, ...]:
    told = [clean(element.text or "").upper() for element in child.all("Disability")]
    for code in told:
        if code and code not in codes.DISABILITIES:
            child.unknown_code("Disability", code)
    return tuple(dict.fromkeys(code for code in told if code not in ("", "NONE")))


# --- what was done for the child --------------------------------------------------------------------------


def _involvements(child: _Block) -> tuple[IncomingInvolvement, ...]:
    if not child.all("CINdetails"):
        child.findings.warn(
            "CINdetails",
            "no_referral",
            "The child has no CINdetails, so no referral is recorded. Check the export.",
        )
    for factor in child.all("AssessmentFactors"):
        told = clean(factor.text or "").upper()
        if told and told not in codes.ASSESSMENT_FACTORS:
            child.unknown_code("AssessmentFactors", told)
    for assessment in child.blocks("Assessments"):
        _check_order(assessment, "AssessmentActualStartDate", "AssessmentAuthorisationDate")
    return (
        *(_referral(block) for block in child.blocks("CINdetails")),
        *(_cin_plan(block) for block in child.blocks("CINPlanDates")),
        *(_section_47(block) for block in child.blocks("Section47")),
        *(_protection_plan(block) for block in child.blocks("ChildProtectionPlans")),
    )


def _referral(detail: _Block) -> IncomingInvolvement:
    need = detail.label("PrimaryNeedCode", codes.PRIMARY_NEEDS)
    referred_by = detail.label("ReferralSource", codes.REFERRAL_SOURCES)
    detail.code("ReasonForClosure", codes.CLOSURE_REASONS)
    said = [
        f"Primary need: {need}" if need else "",
        f"Referred by: {referred_by}" if referred_by else "",
        "No further action" if detail.says_yes("ReferralNFA") else "",
    ]
    return _involvement(REFERRAL, detail, "CINreferralDate", "CINclosureDate", said)


def _cin_plan(plan: _Block) -> IncomingInvolvement:
    return _involvement(CIN_PLAN, plan, "CINPlanStartDate", "CINPlanEndDate", [])


def _section_47(enquiry: _Block) -> IncomingInvolvement:
    conference = enquiry.date("DateOfInitialCPC")
    said = [
        f"Initial child protection conference: {_words(conference)}" if conference else "",
        "Conference not required" if enquiry.says_yes("ICPCnotRequired") else "",
    ]
    # The census has no date on which an enquiry ended, so none is given.
    return _involvement(SECTION_47, enquiry, "S47ActualStartDate", "", said)


def _protection_plan(plan: _Block) -> IncomingInvolvement:
    initial = plan.label("InitialCategoryOfAbuse", codes.ABUSE_CATEGORIES)
    latest = plan.label("LatestCategoryOfAbuse", codes.ABUSE_CATEGORIES)
    said = [
        f"Category: {latest or initial}" if latest or initial else "",
        f"First category: {initial}" if latest and initial and latest != initial else "",
    ]
    return _involvement(CP_PLAN, plan, "CPPstartDate", "CPPendDate", said)


def _involvement(service: str, block: _Block, start: str, end: str, said: list[str]) -> IncomingInvolvement:
    if not block.text(start):
        block.findings.warn(start, "missing_date", f"{start} is missing. Add it in your case system.")
    _check_order(block, start, end)
    return IncomingInvolvement(
        service,
        from_date=block.date(start),
        until_date=block.date(end),
        detail=". ".join(part for part in said if part),
    )


def _check_order(block: _Block, start: str, end: str) -> None:
    from_date, until_date = block.date(start), block.date(end)
    if from_date and until_date and until_date < from_date:
        block.findings.warn(end, "date_order", f"{end} is before {start}. Check both.")


# --- elements and values ----------------------------------------------------------------------------------


def _name(element: Any) -> str:
    """The element's name without its namespace; `#entity` for an entity, which is never replaced."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else "#entity"


def _words(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _raw(element: Any) -> dict[str, object]:
    """The child as nested dictionaries: a repeated element becomes a list, loose text is under `#text`."""
    result: dict[str, object] = {}
    loose = [element.text or ""]
    for child in element:
        loose.append(child.tail or "")
        value: object = _raw(child) if len(child) else (child.text or "")
        name = _name(child)
        held = result.get(name)
        if name not in result:
            result[name] = value
        elif isinstance(held, list):
            held.append(value)
        else:
            result[name] = [held, value]
    if text := clean(" ".join(loose)):
        result["#text"] = text
    return result
