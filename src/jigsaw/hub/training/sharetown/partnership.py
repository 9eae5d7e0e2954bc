"""Who takes part in Sharetown: two authorities, their agencies, and the people who sign in.

Every practitioner is invented. The seven marked `meet` are the ones to sign in as first, one from each
kind of agency; the others are colleagues to hand over to, leads to whom overdue requests go, and those who
run the partnership.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.training import roles

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Agency, Authority, Practitioner

NAME = "Sharetown Safeguarding Children Partnership"
FRONT_DOOR_PHONE = "01632 960 000"


@dataclass(frozen=True, kw_only=True)
class Place:
    """An agency: its code, what it is called, its sector and telephone, and in which authorities it works."""

    code: str
    name: str
    sector: str
    phone: str
    out_of_hours_phone: str = ""
    authorities: tuple[str, ...] = ("Sharetown",)
    front_door: bool = False
    escalates_to: str = ""


@dataclass(frozen=True, kw_only=True)
class Worker:
    """Someone with an account. `key` is the name before the @ of their address."""

    key: str
    name: str
    job_title: str
    agency: str
    roles: tuple[str, ...]
    phone: str
    team: str = ""
    meet: str = ""
    """For those to sign in as first: what they do in the story, in a few words."""


AUTHORITIES: dict[str, Any] = {
    "Sharetown": {"gss_code": "E06999991", "dfe_code": "991", "postcodes": ["ST"]},
    "Northvale": {"gss_code": "E06999992", "dfe_code": "992", "postcodes": ["NV"]},
}

PLACES = (
    Place(
        code="CSC",
        name="Sharetown Children’s Social Care",
        sector="SC",
        phone=FRONT_DOOR_PHONE,
        out_of_hours_phone="01632 960 999",
        front_door=True,
        escalates_to="priya",
    ),
    Place(
        code="POL",
        name="Sharetown Police",
        sector="PO",
        phone="01632 960 101",
        out_of_hours_phone="01632 960 101",
        escalates_to="ruth",
    ),
    Place(
        code="HV",
        name="Sharetown 0–19 Health Service",
        sector="HE",
        phone="01632 960 201",
        escalates_to="tom",
    ),
    # The hospital serves children of both authorities.
    Place(
        code="HOSP",
        name="Sharetown General Hospital",
        sector="HE",
        phone="01632 960 301",
        out_of_hours_phone="01632 960 302",
        authorities=("Sharetown", "Northvale"),
        escalates_to="helen",
    ),
    Place(code="SCH", name="Sharetown Academy", sector="ED", phone="01632 960 401", escalates_to="david"),
    Place(code="HPS", name="Harbour Primary School", sector="ED", phone="01632 960 411", escalates_to="sian"),
    Place(code="HOU", name="Sharetown Homes", sector="HO", phone="01632 960 501", escalates_to="moira"),
    Place(code="VCS", name="Haven Sharetown", sector="VC", phone="01632 960 601", escalates_to="esther"),
    Place(code="SSCP", name=NAME, sector="XX", phone="01632 960 701"),
    Place(
        code="NCSC",
        name="Northvale Children’s Social Care",
        sector="SC",
        phone="01632 960 801",
        authorities=("Northvale",),
        front_door=True,
        escalates_to="nia",
    ),
)

LEAD = ("named_safeguarding_lead",)
EVERYDAY = ("practitioner",)

WORKERS = (
    Worker(
        key="ros",
        name="Ros Okafor",
        job_title="Designated safeguarding lead",
        agency="SCH",
        roles=(*LEAD, "agency_signatory", "data_protection_officer"),
        phone="01632 960 402",
        meet="Katie Walsh’s school: raises the concern",
    ),
    Worker(
        key="grace",
        name="Grace Lindqvist",
        job_title="Social worker",
        agency="CSC",
        roles=("screener", "social_worker", "team_manager"),
        phone="01632 960 011",
        team="Front door",
        meet="The front door: screens concerns, leads enquiries, decides",
    ),
    Worker(
        key="amina",
        name="Amina Yusuf",
        job_title="Health visitor",
        agency="HV",
        roles=EVERYDAY,
        phone="01632 960 211",
        team="Harbour team",
        meet="Health visiting: requests to answer",
    ),
    Worker(
        key="hannah",
        name="DC Hannah Ortiz",
        job_title="Detective constable",
        agency="POL",
        roles=EVERYDAY,
        phone="01632 960 111",
        team="Public protection",
        meet="The police: incidents and graded intelligence",
    ),
    Worker(
        key="meera",
        name="Dr Meera Iyer",
        job_title="Paediatrician",
        agency="HOSP",
        roles=(*EVERYDAY, "emergency_clinician", "feed_worker"),
        phone="01632 960 311",
        team="Children’s emergency department",
        meet="The hospital, which serves both authorities",
    ),
    Worker(
        key="kevin",
        name="Kevin Marsh",
        job_title="Housing officer",
        agency="HOU",
        roles=EVERYDAY,
        phone="01632 960 511",
        meet="Housing: is uncle to a child, whose page is closed to him",
    ),
    Worker(
        key="bela",
        name="Béla Nagy",
        job_title="Support worker",
        agency="VCS",
        roles=EVERYDAY,
        phone="01632 960 611",
        meet="A charity: what families tell those they choose to trust",
    ),
    Worker(
        key="priya",
        name="Priya Raman",
        job_title="Team manager",
        agency="CSC",
        roles=(
            "screener",
            "social_worker",
            "team_manager",
            "agency_signatory",
            "sealed_records_custodian",
            "adoption_manager",
        ),
        phone="01632 960 012",
        team="Front door",
    ),
    Worker(
        key="daniel",
        name="Daniel Osei",
        job_title="Social worker",
        agency="CSC",
        roles=("social_worker",),
        phone="01632 960 013",
        team="Assessment",
    ),
    Worker(
        key="callum",
        name="Callum Price",
        job_title="Call-taker",
        agency="CSC",
        roles=("call_taker",),
        phone="01632 960 014",
        team="Front door",
        meet="Writes down what members of the public say",
    ),
    Worker(
        key="ruth",
        name="DS Ruth Calloway",
        job_title="Detective sergeant",
        agency="POL",
        roles=("police_decision_maker", "agency_signatory"),
        phone="01632 960 112",
        team="Public protection",
    ),
    Worker(
        key="dan",
        name="PC Dan Reeve",
        job_title="Police constable",
        agency="POL",
        roles=EVERYDAY,
        phone="01632 960 113",
        team="Response",
    ),
    Worker(
        key="tom",
        name="Tom Baptiste",
        job_title="Named nurse",
        agency="HV",
        roles=(*LEAD, "agency_signatory", "caldicott_guardian"),
        phone="01632 960 212",
    ),
    Worker(
        key="helen",
        name="Helen Brandt",
        job_title="Named nurse",
        agency="HOSP",
        roles=(*LEAD, "agency_signatory", "feed_worker"),
        phone="01632 960 312",
    ),
    Worker(
        key="ngozi",
        name="Ngozi Eze",
        job_title="Midwife",
        agency="HOSP",
        roles=EVERYDAY,
        phone="01632 960 313",
        team="Maternity",
    ),
    Worker(
        key="david",
        name="David Afolabi",
        job_title="Deputy head",
        agency="SCH",
        roles=(*LEAD, "data_protection_officer"),
        phone="01632 960 403",
    ),
    Worker(
        key="sian",
        name="Siân Pritchard",
        job_title="Designated safeguarding lead",
        agency="HPS",
        roles=(*LEAD, "agency_signatory"),
        phone="01632 960 412",
    ),
    Worker(
        key="moira",
        name="Moira Finlay",
        job_title="Neighbourhood manager",
        agency="HOU",
        roles=(*LEAD, "agency_signatory"),
        phone="01632 960 512",
    ),
    Worker(
        key="esther",
        name="Esther Cohen",
        job_title="Manager",
        agency="VCS",
        roles=(*LEAD, "agency_signatory"),
        phone="01632 960 612",
    ),
    Worker(
        key="nia",
        name="Nia Rees",
        job_title="Social worker",
        agency="NCSC",
        roles=("screener", "social_worker", "team_manager", "agency_signatory"),
        phone="01632 960 811",
    ),
    Worker(
        key="margaret",
        name="Margaret Thorne",
        job_title="Independent scrutineer",
        agency="SSCP",
        roles=("board_member",),
        phone="01632 960 711",
        meet="The board: how well sharing works, in figures",
    ),
    Worker(
        key="imran",
        name="Imran Shah",
        job_title="Partnership manager",
        agency="SSCP",
        roles=("agreements_manager",),
        phone="01632 960 713",
        meet="Writes what the partners agree to share",
    ),
    Worker(
        key="ade",
        name="Ade Cole",
        job_title="Administrator",
        agency="SSCP",
        roles=("administrator",),
        phone="01632 960 712",
        meet="Accounts, roles and local settings",
    ),
)


@dataclass(frozen=True)
class Partnership:
    """Everything made by `set_up`, by its key: authorities by name, agencies by code, actors by name."""

    authorities: dict[str, Authority]
    agencies: dict[str, Agency]
    actors: dict[str, Actor]
    accounts: dict[str, Practitioner]


def email(worker: Worker) -> str:
    """Short enough to type: amina@sharetown.example."""
    return f"{worker.key}@{'northvale' if worker.agency == 'NCSC' else 'sharetown'}.example"


def set_up(*, password: str, now: datetime) -> Partnership:
    """Make the partnership as of `now`. `password` is a ready hash, the same for every account."""
    agencies.set_up_partnership(
        actor=SYSTEM, name=NAME, front_door_phone=FRONT_DOOR_PHONE, demonstration=True, now=now
    )
    agreements.install_defaults(actor=SYSTEM, now=now)
    roles.install(actor=SYSTEM, now=now)
    authorities = {
        name: agencies.add_authority(actor=SYSTEM, name=name, now=now, **codes)
        for name, codes in AUTHORITIES.items()
    }
    places = {place.code: _add(place, authorities, now) for place in PLACES}
    accounts = {worker.key: _join(worker, places, password, now) for worker in WORKERS}
    for place in PLACES:
        if place.escalates_to:
            named = accounts[place.escalates_to]
            agencies.escalate_to(actor=SYSTEM, agency=places[place.code], practitioner=named, now=now)
    actors = {worker.key: agency_queries.actor_by_email(email(worker)) for worker in WORKERS}
    return Partnership(authorities, places, actors, accounts)


def _add(place: Place, authorities: dict[str, Authority], now: datetime) -> Agency:
    mine = [authorities[name] for name in place.authorities]
    return agencies.add_agency(
        actor=SYSTEM,
        now=now,
        code=place.code,
        name=place.name,
        sector=place.sector,
        authorities=mine,
        phone=place.phone,
        out_of_hours_phone=place.out_of_hours_phone,
        front_door_for=mine if place.front_door else (),
    )


def _join(worker: Worker, places: dict[str, Agency], password: str, now: datetime) -> Practitioner:
    account = agencies.Account(
        email=email(worker),
        name=worker.name,
        job_title=worker.job_title,
        agency=places[worker.agency],
        roles=worker.roles,
        password=password,
        phone=worker.phone,
        team=worker.team,
    )
    return agencies.add_practitioner(actor=SYSTEM, account=account, now=now)
