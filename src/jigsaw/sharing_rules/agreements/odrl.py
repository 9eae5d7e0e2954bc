"""How does an agreement read as an ODRL policy, for machines that are not Jigsaw?

W3C Open Digital Rights Language 2.2, mapped as the UK Social Care Data Standards say (information governance v0.1):
parties become assigner and assignee, data the target, purpose and dates constraints, what may be done permission,
what may not prohibition, and what the recipient must do duty.
"""

from __future__ import annotations

from typing import Any, Final

from jigsaw.sharing_rules.agreements.model import Agreement, AgreementParty, Clause, Effect
from jigsaw.sharing_rules.vocabulary import EXISTENCE, PURPOSES

_TERMS: Final = "urn:jigsaw:odrl:"
_CONTEXT: Final = [
    "http://www.w3.org/ns/odrl.jsonld",
    {
        "jigsaw": _TERMS,
        "dct": "http://purl.org/dc/terms/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
    },
]


def as_odrl(agreement: Agreement) -> dict[str, Any]:
    """The agreement as a JSON-LD object of type Agreement, in ODRL's compact form (several parties in one rule).

    ODRL knows no rank of rules: a default names the exceptions that go before it as `jigsaw:yieldsTo`.
    """
    rules = [(clause, _rule(agreement, clause)) for clause in agreement.clauses]
    return {
        "@context": _CONTEXT,
        "@type": "Agreement",
        "uid": f"{agreement.uri}#v{agreement.version}",
        "profile": f"{_TERMS}profile:1",
        "conflict": "prohibit",
        "dct:title": agreement.name,
        "dct:identifier": agreement.identifier.value,
        "dct:hasVersion": str(agreement.version),
        "dct:publisher": agreement.contact.name,
        **({"inheritFrom": f"urn:jigsaw:agreement:{agreement.extends}"} if agreement.extends else {}),
        **({"dct:replaces": list(agreement.replaces)} if agreement.replaces else {}),
        "permission": [rule for clause, rule in rules if clause.effect is not Effect.PROHIBIT],
        "prohibition": [
            *(rule for clause, rule in rules if clause.effect is Effect.PROHIBIT),
            *(_stated(agreement, "restriction", n, words) for n, words in _numbered(agreement.restrictions)),
        ],
        "obligation": [
            _stated(agreement, "security", n, words) for n, words in _numbered(agreement.security_measures)
        ],
        "jigsaw:permittedUse": list(agreement.permitted_use),
        "jigsaw:legalCompliance": list(agreement.legal_compliance),
        "jigsaw:retention": [kept.as_json() for kept in agreement.retention],
    }


def _rule(agreement: Agreement, clause: Clause) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "uid": _uid(agreement, clause),
        "assigner": [_party(p) for p in agreement.parties_of(clause.givers)],
        "assignee": [_party(p) for p in agreement.parties_of(clause.receivers)],
        "target": [f"{_TERMS}data:{code}" for code in agreement.data_of(clause)],
        "action": [_action(mode) for mode in clause.modes],
        "constraint": _constraints(agreement, clause),
    }
    if clause.words:
        rule["dct:description"] = clause.words
    if clause.effect is not Effect.PROHIBIT and (duties := _duties(agreement, clause)):
        rule["duty"] = duties
    if not clause.exception and (first := [_uid(agreement, each) for each in agreement.exceptions]):
        rule["jigsaw:yieldsTo"] = first
    return rule


def _uid(agreement: Agreement, clause: Clause) -> str:
    return f"{agreement.uri}#v{agreement.version}-{clause.number}"


def _party(party: AgreementParty) -> dict[str, Any]:
    if party.agency:
        return {"@type": "Party", "uid": f"urn:jigsaw:agency:{party.agency}", "vcard:fn": party.name}
    return {
        "@type": "PartyCollection",
        "uid": party.catalogue_ids[0],
        "vcard:fn": party.name,
        "refinement": [
            _constraint("jigsaw:sector", "eq", party.sector),
            _constraint("spatial", "isAnyOf", [f"{_TERMS}gss:{code}" for code in party.authorities]),
        ],
    }


def _action(mode: str) -> str:
    """Telling that something is held is less than telling what."""
    return "jigsaw:discloseExistence" if mode == EXISTENCE else "distribute"


def _constraints(agreement: Agreement, clause: Clause) -> list[dict[str, Any]]:
    first, last = agreement.period_of(clause)
    return [
        _constraint("purpose", "isAnyOf", [PURPOSES[code].uri for code in agreement.purposes_of(clause)]),
        _constraint("dateTime", "gteq", {"@value": first.isoformat(), "@type": "xsd:date"}),
        _constraint("dateTime", "lteq", {"@value": last.isoformat(), "@type": "xsd:date"}),
    ]


def _constraint(left: str, operator: str, right: object) -> dict[str, Any]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _duties(agreement: Agreement, clause: Clause) -> list[dict[str, Any]]:
    decides = (
        [
            {
                "uid": f"{_uid(agreement, clause)}-decision",
                "action": "jigsaw:obtainDecision",
                "jigsaw:decidedBy": clause.review_role,
            }
        ]
        if clause.effect is Effect.REVIEW
        else []
    )
    kept = agreement.recipient_responsibilities
    return [*decides, *(_stated(agreement, "duty", n, words) for n, words in _numbered(kept))]


def _numbered(lines: tuple[str, ...]) -> list[tuple[int, str]]:
    return list(enumerate(lines, start=1))


def _stated(agreement: Agreement, kind: str, number: int, words: str) -> dict[str, Any]:
    """What is agreed in words that no machine decides."""
    return {
        "uid": f"{agreement.uri}#v{agreement.version}-{kind}-{number}",
        "action": f"jigsaw:{kind}",
        "dct:description": words,
    }
