"""What is it that somebody proposes to share, and on what grounds?

Plain values, so that the rules can be read and tested without a database. Codes that the rules do not
know never raise: the checks answer REVIEW or DENY and say what to do, because doubt goes to a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from jigsaw.sharing_rules.agreements import AgreementAnswer, Compiled
from jigsaw.sharing_rules.instruments import Register
from jigsaw.sharing_rules.party import Party
from jigsaw.sharing_rules.vocabulary import CONTENT, PURPOSES, category_of

__all__ = ["Grounds", "Item", "Party", "Proposed", "Release", "Request", "Withholding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One piece of information, as held and as it would be released.

    `how_known` is fact, opinion, reported or child (the child's own account). `source` says who knows it.
    `text` is what the holder has; `released_text` is what the recipient would read.
    `police_grading` is a 3x5x2 grade such as 2BP. `handling` is P, or C for "with conditions", and
    `handling_conditions` says which; they travel with the item. `category` is a code of
    `vocabulary.CATEGORIES`; left empty it follows from the kind. `protected_address` and `informant`: the
    item would show where somebody hides, or who told. `unread_documents`: so many leave with it that only a person can read;
    what the rules can read stands in `released_text`.
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
    handling_conditions: tuple[str, ...] = ()
    category: str = ""
    protected_address: bool = False
    informant: bool = False
    unread_documents: int = 0

    @property
    def kind_of_data(self) -> str:
        """The category that agreements speak of; empty when the kind belongs to none."""
        return self.category or category_of(self.kind)

    def years_old(self, today: date) -> int | None:
        """Whole years from `happened_on` to `today`; None without a date, negative for a date to come."""
        if self.happened_on is None:
            return None
        then = self.happened_on
        return today.year - then.year - ((today.month, today.day) < (then.month, then.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The request that the recipient made.

    `purpose_code` is a code of `vocabulary.PURPOSES`. `asked_of_holder`: this holder was asked.
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

    `part3`: held under Part 3 of the Data Protection Act 2018 (law enforcement). `lawful_basis`,
    `gateway` and `condition` are codes of the register of law. `sch1_18_reason` says why there is no consent:
    cannot, not_reasonable or prejudice. `purpose` says what it is for when nobody asked.

    Three facts are kept apart, and none of them is the lawful basis: whether the family agreed to a service
    (`service_consent`), whether it agreed to sharing (`consent_result`: given, refused or no_answer), and whether it
    was told (`told_family`: told, will_tell or not_told, with `told_why`). `objected`: somebody concerned
    objects; `objection_answer` says why it is shared all the same. `public_interest` is the weighing of
    confidence against the public interest, in words.
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
    purpose: str = ""
    service_consent: str = ""
    objected: bool = False
    objection_answer: str = ""
    public_interest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The two steps by which a named role lets out what is otherwise left out of everything.

    `kind` is sealed, adoption, protected_address or informant. One person proposes, with a reason; another,
    who holds `released_role`, releases. `released_by` is empty until then. Both are ids or names.
    """

    kind: str
    proposed_by: str
    reason: str
    released_by: str = ""
    released_role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """One item, from one holder to one recipient, on one day, under one edition of the guidance.

    `request` is None when nobody asked: the holder shares of their own accord. `register` and `agreements` are what
    law and partners say. `mode` is a code of `vocabulary.MODES`. `bundled`: it came along with others, and nobody chose it by itself.
    """

    item: Item
    holder: Party
    recipient: Party
    request: Request | None
    decision: Grounds
    today: date
    edition: str
    register: Register
    agreements: Compiled
    mode: str = CONTENT
    releases: tuple[Release, ...] = ()
    bundled: bool = False
    _said: AgreementAnswer | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def purpose(self) -> str:
        """What it is for: as the request says, or as the holder says; empty when nobody does."""
        if self.request is not None:
            return self.request.purpose_code
        decision = self.decision
        if decision.purpose:
            return decision.purpose
        if decision.gateway in PURPOSES:
            return decision.gateway
        return "immediate_danger" if decision.lawful_basis == "art6_d" else ""

    @property
    def emergency(self) -> bool:
        """Somebody may come to harm before anybody could be asked."""
        known = PURPOSES.get(self.purpose)
        return self.decision.lawful_basis == "art6_d" or (known is not None and known.emergency)

    @property
    def said(self) -> AgreementAnswer:
        """What the agreements say, asked once."""
        if self._said is None:
            said = self.agreements.says(
                holder=self.holder,
                recipient=self.recipient,
                purpose=self.purpose,
                category=self.item.kind_of_data,
                mode=self.mode,
                on=self.today,
            )
            object.__setattr__(self, "_said", said)
            return said
        return self._said

    def release_of(self, kind: str) -> Release | None:
        """The release proposed for that kind, if any."""
        return next((release for release in self.releases if release.kind == kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """A decision not to share an item, or not to share all of it.

    `kind` is a code of `withholding.GROUNDS`. `review_trigger` says what would make the holder look again, `triggers`
    are those of it that the hub notices by itself (codes of `withholding.TRIGGERS`), and `review_on` is the day by
    which they will. `words_for_requester` is all the requester reads. `decider_roles` are the roles of whoever
    decides; `decided_on` is None while the decision is being made.
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
    decider_roles: frozenset[str] = frozenset()
    decided_on: date | None = None
    triggers: frozenset[str] = frozenset()
