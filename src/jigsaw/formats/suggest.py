"""Which mapping would probably fit this table?

Looks at the words of the headings, and at the dates beneath. A person reads and corrects the answer before it
is used: `jigsaw import table FILE --suggest-mapping`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from pathlib import Path

from jigsaw.formats import dates
from jigsaw.formats.mapping import FIELDS, INVOLVEMENT_FIELDS, Mapping
from jigsaw.formats.opening import Source, opened
from jigsaw.formats.records import Unreadable
from jigsaw.formats.sheets import Row, Sheet, as_text, sheets
from jigsaw.formats.text import clean

_SAMPLE = 300
_HEADER_WITHIN = 20

# Headings as letters and digits in lower case; for each field the surest first. Gathered from the DfE school
# census, SSDA903 and Annex A, the Standard Safeguarding Dataset, two boroughs' single views and the DfE
# matcher.
_HEADINGS: dict[str, str] = {
    "local_id": """lachildid personid clientid childuniqueid uniqueid pupilonrolltableid
        pupilnolongeronrolltableid cmsno cmsnumber caseid casenumber caseno casereference patientid
        patientnumber hospitalnumber tenantid tenancyreference child childid mosaicid liquidlogicid
        sourceid localid recordid reference id""",
    "nhs_number": "nhsnumber nhsno nhsnum nhsid nhs",
    "upn": "upn uniquepupilnumber pupilnumber",
    "former_upn": "formerupn previousupn",
    "uln": "uln uniquelearnernumber",
    "family_name": "familyname surname lastname legalsurname legalfamilyname secondname",
    "given_name": "givenname givennames firstname forename forenames firstnames legalforename christianname",
    "full_name": "fullname name childname childsname pupilname patientname clientname nameofchild",
    "preferred_name": "preferredname preferredforename preferredfirstname preferredgivenname knownas alias",
    "preferred_family_name": "preferredsurname preferredlastname preferredfamilyname",
    "former_family_name": "formersurname formerlastname formerfamilyname previoussurname maidenname",
    "birth_date": "dateofbirth dob birthdate born birthday personbirthdate datebirth",
    "expected_date": "expecteddateofbirth expecteddob edd expecteddateofdelivery expectedpersonbirthdate",
    "died_on": "dateofdeath deathdate died dod persondeathdate",
    "sex": "sex gender gendercurrent legalsex",
    "ethnicity": "ethnicity ethnic ethnicgroup ethniccode ethnicorigin ethnicbackground",
    "disabilities": "disabilities disability doesthechildhaveadisability",
    "address": "address fulladdress homeaddress currentaddress",
    "address_1": "address1 addressline1 houseandstreet street streetaddress housenumberandstreet",
    "address_2": "address2 addressline2 locality",
    "address_3": "address3 addressline3",
    "address_4": "address4 addressline4",
    "address_5": "address5 addressline5",
    "town": "town city towncity posttown addresstown",
    "postcode": "postcode homepostcode addresspostcode addresspostalcode postalcode homepost",
    "uprn": "uprn uniquepropertyreferencenumber",
    "service": "service servicename team allocatedteam teamname department",
    "worker": """keyworker worker socialworker allocatedworker allocatedsocialworker caseworker
        leadprofessional leadpractitioner practitioner nameofhousingofficer housingofficer nameofgp gpname
        gp officer responsibleofficer healthvisitor schoolnurse consultant swid""",
    "worker_phone": "workerphone workertelephone keyworkerphone socialworkerphone gpphone",
    "worker_email": "workeremail keyworkeremail socialworkeremail practitioneremail",
    "from_date": """serviceeventstart startdate servicestart servicestartdate fromdate datefrom from entrydate
        referraldate dateofreferral dateofcontact assessmentstartdate continuousassessmentstartdate
        cinstartdate childprotectionplanstartdate datestartedtobelookedafter dateofmostrecenthospitaladmission
        admissiondate dateregistered registrationdate tenancystartdate opened dateopened decom misstart
        dolostart swdecom dateplaced dateenquiryreceived datethechildenteredcare
        strategydiscussioninitiatingsection47enquirystartdate""",
    "until_date": """serviceeventend enddate serviceend serviceenddate todate dateto until leavingdate
        closuredate cinclosuredate childprotectionplanenddate dateceasedtobelookedafter
        assessmentcompletiondate continuousassessmentdateofauthorisation dateofdischarge dischargedate
        tenancyenddate closed dateclosed dec misend doloend swdec dateplacedceased duc""",
    "detail": """serviceeventdesc servicedescription eventdescription description detail details
        presentingcondition reason category casestatus notes latestcategoryofabuse primaryneedcode
        contactsource eligibilitycategory place missing""",
    "school_urn": "schoolurn estaburn establishmenturn",
    "phone": "phone telephone tel phonenumber telephonenumber contactnumber mobile mobilenumber mobilephone",
    "email": "email emailaddress",
}
for _number in (1, 2):
    for _part, _words in {
        "name": "name fullname",
        "relationship": "relationship relation",
        "phone": "phone telephone mobile contactnumber",
        "email": "email emailaddress",
    }.items():
        _HEADINGS[f"parent_{_number}_{_part}"] = " ".join(
            f"{who}{_number}{word}"
            for who in ("parent", "contact", "carer", "guardian")
            for word in _words.split()
        )
_SYNONYMS = {name: tuple(words.lower().split()) for name, words in _HEADINGS.items()}
_KNOWN = frozenset(word for words in _SYNONYMS.values() for word in words)
_PREFIXES = ("child", "childs", "pupil", "patient", "person", "client", "pers")

# A table of one service seldom says which: a heading gives it away.
_SERVICES = {
    "nameofhousingofficer": "Housing",
    "nameofgp": "General practice",
    "dateofmostrecenthospitaladmission": "Hospital",
    "pupilonrolltableid": "School",
    "pupilnolongeronrolltableid": "School",
    "decom": "Looked after: placement",
    "misstart": "Looked after: missing or away from placement",
    "dolostart": "Looked after: deprivation of liberty",
    "swdecom": "Looked after: social worker",
    "dateplaced": "Looked after: placed for adoption",
    "duc": "Looked after: unaccompanied asylum-seeking child",
    "childprotectionplanstartdate": "Children's social care: child protection plan",
    "strategydiscussioninitiatingsection47enquirystartdate": "Children's social care: section 47 enquiry",
    "cinstartdate": "Children's social care: child in need",
    "datestartedtobelookedafter": "Children's social care: looked after",
    "continuousassessmentstartdate": "Children's social care: assessment",
    "assessmentstartdate": "Early help: assessment",
    "dateofreferral": "Children's social care: referral",
    "dateofcontact": "Children's social care: contact",
}
_TEAMS = frozenset({"team", "allocatedteam", "teamname"})  # says who works on it, less well what it is
_GENERIC_CONTACTS = {"email": "worker_email", "phone": "worker_phone"}
_ODD_DATE_FORMATS = ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%d%m%Y", "%Y%m%d%H%M%S", "%a %d %b %Y", "%d%b%Y")


def suggest_mapping(source: Source) -> Mapping:
    """The likeliest mapping for a CSV file or workbook; the sheet and header row with most known headings.

    Raises Unreadable if the file is no table or none of its headings is known.
    """
    with opened(source) as stream:
        found = [(sheet, list(islice(sheet.rows, _SAMPLE))) for sheet in sheets(stream)]
    best: tuple[int, Mapping | None] = (0, None)
    for sheet, rows in found:
        for place, (number, row) in enumerate(rows[:_HEADER_WITHIN]):
            header = [as_text(cell) for cell in row]
            columns = _columns(header)
            if len(columns) > best[0]:
                mapping = _mapping(header, columns, [cells for _, cells in rows[place + 1 :]], sheet, number)
                best = (len(columns), mapping)
    if best[1] is None:
        raise Unreadable(_nothing_known([row for _, rows in found for _, row in rows[:1]]))
    return _with_service(best[1], source)


def _nothing_known(first_rows: list[Row]) -> str:
    headings = [clean(as_text(cell))[:30] for row in first_rows[:1] for cell in row[:10]]
    return (
        f"None of the headings is known ({', '.join(headings) or 'there are none'}). "
        "Write a mapping by hand, with [columns] our field = "
        "their column; fields are " + ", ".join(FIELDS) + "."
    )


def heading_words(header: str) -> str:
    """A heading as it is compared: letters and digits in lower case."""
    return re.sub(r"[^a-z0-9]", "", clean(header).lower())


def _columns(header: list[str]) -> dict[str, str]:
    """Field to heading, each heading at most once. Of equal headings the first counts."""
    words = [_without_prefix(heading_words(text)) for text in header]
    found: dict[str, int] = {}
    for name, synonyms in _SYNONYMS.items():
        places = [words.index(synonym) for synonym in synonyms if synonym in words]
        free = [place for place in places if place not in found.values()]
        if free:
            found[name] = free[0]
    _give_contacts_to_the_worker(found)
    return {name: clean(header[found[name]]) for name in FIELDS if name in found}


def _without_prefix(words: str) -> str:
    if words in _KNOWN:
        return words
    rests = (words.removeprefix(prefix) for prefix in _PREFIXES if words.startswith(prefix))
    return next((rest for rest in rests if rest in _KNOWN), words)


def _give_contacts_to_the_worker(found: dict[str, int]) -> None:
    """An e-mail address or telephone right after a worker's name is the worker's, not the child's."""
    if "worker" not in found:
        return
    last = found["worker"]
    for own, name in sorted(_GENERIC_CONTACTS.items(), key=lambda pair: found.get(pair[0], 0)):
        if found.get(own) == last + 1 and name not in found:
            last = found.pop(own)
            found[name] = last


def _mapping(
    header: list[str], columns: dict[str, str], rows: list[Row], sheet: Sheet, header_row: int
) -> Mapping:
    words = {heading_words(text) for text in header}
    service = next((name for heading, name in _SERVICES.items() if heading in words), "")
    if service and heading_words(columns.get("service", "")) in _TEAMS:
        columns = {name: column for name, column in columns.items() if name != "service"}
    return Mapping(
        columns=columns,
        constants={"service": service} if service and "service" not in columns else {},
        date_formats=_date_formats(header, columns, rows),
        encoding=sheet.guessed_encoding,
        delimiter=sheet.delimiter if sheet.delimiter not in ("", ",") else "",
        sheet=sheet.name,
        header_row=header_row,
    )


def _date_formats(header: list[str], columns: dict[str, str], rows: list[Row]) -> tuple[str, ...]:
    """() where the reader's own rules read the dates of birth, else the pattern that reads more of them."""
    place = [clean(text) for text in header].index(columns["birth_date"]) if "birth_date" in columns else None
    if place is None:
        return ()
    told = [cell for row in rows if place < len(row) and isinstance(cell := row[place], str) and cell.strip()]
    best = max(_ODD_DATE_FORMATS, key=lambda pattern: _parsed(told, (pattern,)))
    return (best,) if _parsed(told, (best,)) > _parsed(told, ()) else ()


def _parsed(told: list[str], formats: tuple[str, ...]) -> int:
    return sum(dates.parse(cell, formats) is not None for cell in told)


def _with_service(mapping: Mapping, source: Source) -> Mapping:
    """A table of involvements that names no service: the file's own name is the best word for it."""
    involvement = {*INVOLVEMENT_FIELDS, "from_date", "until_date"} & set(mapping.columns)
    named = mapping.constants or "service" in mapping.columns
    if named or not involvement or not isinstance(source, (str, Path)):
        return mapping
    words = clean(re.sub(r"[_-]+", " ", Path(source).stem))
    return replace(mapping, constants={"service": words[:1].upper() + words[1:]} if words else {})
