"""What can be asked here? The CapabilityStatement, made from what the interactions themselves are made from."""

from __future__ import annotations

from importlib.metadata import version

from django.utils.translation import gettext as _

from jigsaw.hub.fhir.bundles import Node
from jigsaw.hub.fhir.door import FHIR_JSON, FOR_WHOM, UNSCHEDULED
from jigsaw.hub.fhir.kinds import KINDS, Kind
from jigsaw.hub.fhir.searching import BY_PATIENT

# When what is said here last changed.
DATED = "2026-11-22"


def statement(base: str) -> Node:
    """The CapabilityStatement of the interface at this address."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATED,
        "kind": "instance",
        "software": {"name": "Jigsaw", "version": version("jigsaw")},
        "implementation": {
            "description": _(
                "Whether a child who stands before a practitioner of unscheduled care has a plan."
            ),
            "url": base,
        },
        "fhirVersion": "4.0.1",
        "format": ["json", FHIR_JSON],
        "rest": [
            {
                "mode": "server",
                "documentation": _(
                    "Each look says whether the care is unplanned (header %(unscheduled)s: true or false); if so, "
                    "the authority is told. That nothing is known here does not say that a child is safe."
                )
                % {"unscheduled": UNSCHEDULED},
                "security": {
                    "description": _(
                        "Authorization: Bearer with the secret of a setting that may look, and %(who)s with the "
                        "address with which the practitioner signs in here."
                    )
                    % {"who": FOR_WHOM}
                },
                "resource": [_resource(name, kind) for name, kind in KINDS.items()],
            }
        ],
    }


def _resource(name: str, kind: Kind) -> Node:
    parameters = [
        {"name": BY_PATIENT, "type": "reference", "documentation": _("The NHS number; also :identifier")}
    ]
    parameters += [
        {"name": one, "type": "token"} for one in kind.more if not one.startswith("_")
    ]  # fmt: skip
    told: Node = {
        "type": name,
        "interaction": [
            {"code": code} for code in (("read",) if kind.can_be_read else ()) + ("search-type",)
        ],
        "searchParam": parameters,
    }
    includes = sorted(kind.more.get("_include", ()))
    return told | ({"searchInclude": includes} if includes else {})
