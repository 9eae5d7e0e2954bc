"""May this piece of information be shared? Every rule that has a say, in the order it is asked."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from jigsaw.sharing_rules.check import Check, findings
from jigsaw.sharing_rules.checks.adoption_record import adoption_record
from jigsaw.sharing_rules.checks.agreement_covers import agreement_covers
from jigsaw.sharing_rules.checks.concerns_people_asked_about import concerns_people_asked_about
from jigsaw.sharing_rules.checks.confidence_weighed import confidence_weighed
from jigsaw.sharing_rules.checks.consent_is_not_the_basis import consent_is_not_the_basis
from jigsaw.sharing_rules.checks.date_is_sensible import date_is_sensible
from jigsaw.sharing_rules.checks.documents_protect import documents_protect
from jigsaw.sharing_rules.checks.fact_or_opinion import fact_or_opinion
from jigsaw.sharing_rules.checks.family_told import family_told
from jigsaw.sharing_rules.checks.gateway_is_open import gateway_is_open
from jigsaw.sharing_rules.checks.handling_conditions import handling_conditions
from jigsaw.sharing_rules.checks.identities_protected import identities_protected
from jigsaw.sharing_rules.checks.informant_protected import informant_protected
from jigsaw.sharing_rules.checks.lawful_basis_recorded import lawful_basis_recorded
from jigsaw.sharing_rules.checks.objection_considered import objection_considered
from jigsaw.sharing_rules.checks.old_adult_health import old_adult_health
from jigsaw.sharing_rules.checks.only_what_is_needed import only_what_is_needed
from jigsaw.sharing_rules.checks.police_grading import police_grading
from jigsaw.sharing_rules.checks.police_regime import police_regime
from jigsaw.sharing_rules.checks.police_source_not_named import police_source_not_named
from jigsaw.sharing_rules.checks.protected_address import protected_address
from jigsaw.sharing_rules.checks.purpose_is_stated import purpose_is_stated
from jigsaw.sharing_rules.checks.reasons_recorded import reasons_recorded
from jigsaw.sharing_rules.checks.recipient_has_a_part import recipient_has_a_part
from jigsaw.sharing_rules.checks.sealed_record import sealed_record
from jigsaw.sharing_rules.checks.special_category_condition import special_category_condition
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.verdict import MadeUnder, Terms, Verdict

CHECKS: Final[tuple[Check[Proposed], ...]] = (
    purpose_is_stated,
    recipient_has_a_part,
    concerns_people_asked_about,
    lawful_basis_recorded,
    gateway_is_open,
    agreement_covers,
    consent_is_not_the_basis,
    special_category_condition,
    confidence_weighed,
    police_regime,
    police_grading,
    handling_conditions,
    police_source_not_named,
    identities_protected,
    documents_protect,
    protected_address,
    informant_protected,
    sealed_record,
    adoption_record,
    fact_or_opinion,
    date_is_sensible,
    old_adult_health,
    only_what_is_needed,
    reasons_recorded,
    family_told,
    objection_considered,
)


def may_share(proposed: Proposed) -> Verdict:
    """Ask every check, so that all reasons show at once; the strictest answer is the verdict.

    Never raises on what a practitioner recorded, and never scores risk. REVIEW means that the people named
    in `Verdict.review_roles` decide. The verdict names every agreement, the register of law and the guidance that
    it was made under. Source: UK Social Care Data Standards, information governance v0.1.
    """
    return Verdict.of(findings(CHECKS, proposed), made_under=_made_under(proposed), terms=_terms(proposed))


def _made_under(proposed: Proposed) -> MadeUnder:
    return _rules(
        proposed.edition,
        proposed.register.edition,
        proposed.agreements.in_force(proposed.today),
        proposed.said.reference,
    )


def _terms(proposed: Proposed) -> Terms:
    """What goes along: from the agreement that decided, and from the police."""
    said = proposed.said
    still_part3 = proposed.decision.part3 and proposed.recipient.sector == "PO"
    return _along(
        said.duties,
        said.restrictions,
        proposed.item.handling_conditions,
        "part3" if still_part3 else "uk_gdpr",
    )


# The same few again and again: made once.
_rules = lru_cache(maxsize=1000)(MadeUnder)
_along = lru_cache(maxsize=1000)(Terms)
