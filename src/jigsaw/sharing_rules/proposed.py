"""What is it that somebody proposes to share, and on what grounds?

Plain values, so that the rules can be read and tested without a database. Codes that the rules do not
know never raise: the checks answer REVIEW or DENY and say what to do, because doubt goes to a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One piece of information, as held and as it would be released.

    `how_known` is fact, opinion, reported or child (the child's own account). `source` says who knows it.
    `text` is what the holder has; `released_text` is what the recipient would read.
    `police_grading` is a 3x5x2 grade such as 2BP. `handling` is P, or C for "with conditions".
    """

    kind: str
    how_known: str
    source: str
    text: str
    released_text: str
    happened_on: date | None = None
    about_child: bool = True
    about_adult_only: bool = False
    identities_to_protect: tuple[str, ...] = ()
    police_grading: str | None = None
    handling: str = "P"
    sealed: bool = False
    adoption: bool = False
    special_category: bool = False

    def years_old(self, today: date) -> int | None:
        """Whole years from `happened_on` to `today`; None without a date, negative for a date to come."""
        if self.happened_on is None:
            return None
        then = self.happened_on
        return today.year - then.year - ((today.month, today.day) < (then.month, then.day))


@dataclass(frozen=True, slots=True)
class Party:
    """An agency and the roles of the practitioner who acts for it.

    `sector` is SC (children's social care), PO (police), HE (health), ED (education), HO (housing)
    or VC (voluntary and community). Role codes are in `roles.py`.
    """

    agency: str
    sector: str
    roles: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The request that the recipient made.

    `purpose_code` is a code of `gateways.PURPOSES`. `asked_of_holder`: this holder was asked.
    `live`: neither closed nor withdrawn. `subjects_match`: the item is about somebody they asked about.
    """

    reference: str
    purpose_code: str
    asked_of_holder: bool
    live: bool
    subjects_match: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What the decider recorded. An empty string means that it was left blank.

    `part3`: held under Part 3 of the Data Protection Act 2018 (law enforcement). `gateway` is a code of
    `gateways.GATEWAYS`. `sch1_18_reason` says why there is no consent: cannot, not_reasonable or prejudice.
    `told_family` is told, will_tell or not_told. Consent is kept apart from the lawful basis.
    """

    lawful_basis: str
    reasons: str
    gateway: str = ""
    condition: str = ""
    sch1_18_reason: str = ""
    part3: bool = False
    consent_sought: str = "not_sought"
    consent_result: str = ""
    told_family: str = ""
    told_why: str = ""
    advice_from: str = ""
    detriment_considered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """One item, from one holder to one recipient, on one day, under one edition of the guidance.

    `request` is None when nobody asked: the holder shares of their own accord.
    """

    item: Item
    holder: Party
    recipient: Party
    request: Request | None
    decision: Grounds
    today: date
    edition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """A decision not to share an item, or not to share all of it.

    `kind` is a code of `checks.withholding_kind.KINDS`. `review_trigger` says what would make the holder
    look again; `review_on` is the day by which they will. `words_for_requester` is all the requester reads.
    """

    kind: str
    reasons: str
    review_trigger: str
    today: date
    review_on: date | None = None
    words_for_requester: str = ""
    identities_to_protect: tuple[str, ...] = ()
    request: Request | None = None
    gateway: str = ""
    detriment_considered: bool = False
    advice_from: str = ""
    decided_by_role: str = ""
