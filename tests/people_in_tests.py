"""Named people for tests: one who may, a colleague, and one who must not.

A small partnership, made fresh for each test: the front door (Grace, social worker and screener), the
school (Ros), the health visitors (Amina, and her lead Tom), the police (Hannah), housing (Kevin), a charity
(Bela), the board (Mary) and the administrator (Ade). And a school in another authority (Nia). All of them but the board
have signed the Sharetown agreement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

import agreements_in_tests
from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agencies.models import Agency, Authority
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.referrals.operations import Concern, Said, Someone
from jigsaw.hub.training import roles

# A Monday morning in November, in working hours.
MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=ENGLAND)
NO_PASSWORD = "argon2$unusable"


@dataclass
class Town:
    """The small partnership of the tests."""

    sharetown: Authority
    northvale: Authority
    front_door: Agency
    school: Agency
    health: Agency
    police: Agency
    housing: Agency
    charity: Agency
    grace: Actor
    ros: Actor
    amina: Actor
    tom: Actor
    hannah: Actor
    kevin: Actor
    bela: Actor
    mary: Actor
    ade: Actor
    nia: Actor


def make_town(now: datetime = MONDAY, *, agreed: bool = True) -> Town:
    """Make the partnership: agencies, roles, practitioners and local settings; and what they agreed to share."""
    agencies.set_up_partnership(
        actor=SYSTEM,
        now=now,
        name="Sharetown Safeguarding Children Partnership",
        front_door_phone="01632 960 000",
        demonstration=True,
    )
    agreements.install_defaults(actor=SYSTEM, now=now)
    roles.install(actor=SYSTEM, now=now)
    sharetown = agencies.add_authority(
        actor=SYSTEM, gss_code="E06999991", dfe_code="991", name="Sharetown", now=now
    )
    northvale = agencies.add_authority(
        actor=SYSTEM, gss_code="E06999992", dfe_code="992", name="Northvale", now=now
    )

    def agency(
        code: str, name: str, sector: str, authority: Authority = sharetown, door: bool = False
    ) -> Agency:
        return agencies.add_agency(
            actor=SYSTEM,
            now=now,
            code=code,
            name=name,
            sector=sector,
            authorities=[authority],
            phone="01632 960 001",
            front_door_for=[authority] if door else [],
        )

    front_door = agency("CSC", "Sharetown Children’s Social Care", "SC", door=True)
    school = agency("SCH", "Sharetown Academy", "ED")
    health = agency("HV", "Sharetown 0–19 Health Service", "HE")
    police = agency("POL", "Sharetown Police", "PO")
    housing = agency("HOU", "Sharetown Homes", "HO")
    charity = agency("VCS", "Haven Sharetown", "VC")
    board = agency("SSCP", "Sharetown Safeguarding Children Partnership", "XX")
    far_door = agency("NCSC", "Northvale Children’s Social Care", "SC", northvale, door=True)
    far_school = agency("NSCH", "Northvale High", "ED", northvale)
    assert far_door

    def someone(name: str, job: str, where: Agency, *codes: str) -> Actor:
        email = f"{name.split()[0].lower()}@{where.code.lower()}.example"
        account = agencies.Account(
            email=email, name=name, job_title=job, agency=where, roles=codes, password=NO_PASSWORD
        )
        agencies.add_practitioner(actor=SYSTEM, account=account, now=now)
        return agency_queries.actor_by_email(email)

    town = Town(
        sharetown=sharetown,
        northvale=northvale,
        front_door=front_door,
        school=school,
        health=health,
        police=police,
        housing=housing,
        charity=charity,
        grace=someone(
            "Grace Lindqvist", "Social worker", front_door, "screener", "social_worker", "team_manager"
        ),
        ros=someone("Ros Okafor", "Designated safeguarding lead", school, "named_safeguarding_lead"),
        amina=someone("Amina Yusuf", "Health visitor", health, "practitioner"),
        tom=someone("Tom Baptiste", "Named nurse", health, "named_safeguarding_lead"),
        hannah=someone("Hannah Ortiz", "Detective constable", police, "practitioner"),
        kevin=someone("Kevin Marsh", "Housing officer", housing, "practitioner"),
        bela=someone("Béla Nagy", "Support worker", charity, "practitioner"),
        mary=someone("Mary Adeyemi", "Independent scrutineer", board, "board_member"),
        ade=someone("Ade Cole", "Administrator", board, "administrator"),
        nia=someone("Nia Rees", "Safeguarding lead", far_school, "named_safeguarding_lead"),
    )
    tom = agency_queries.practitioners([town.tom.practitioner_id])[town.tom.practitioner_id]
    agencies.escalate_to(actor=SYSTEM, agency=health, practitioner=tom, now=now)
    if not agreed:
        return town
    partners = [front_door, school, health, police, housing, charity, far_door, far_school]
    agreements_in_tests.signed_by(partners, now=now)
    return town


KATIE = Facts(
    given="Katie",
    family="Walsh",
    born=date(2012, 3, 3),
    sex="F",
    identifiers=(("nhs_number", "9990000018"),),
    addresses=(At(line="12 Harbour Lane", town="Sharetown", postcode="ST1 4QZ"),),
)


def concern(**changes: object) -> Concern:
    """A teacher's complete concern about Katie, changed as a test needs."""
    whole = Concern(
        concern="Katie says her mother’s partner shouts and breaks things.",
        wants="act",
        persons=(
            Someone(part="child", facts=KATIE, child_words="I take Poppy to my room."),
            Someone(
                part="parent",
                facts=Facts(given="Donna", family="Walsh", born=date(1988, 5, 20), sex="F"),
                relationship="MTH",
                parental_responsibility=True,
            ),
        ),
        statements=(Said(how_known="fact", text="Attendance fell to 82% this term.", source="Register"),),
        parents_know="not_told",
        parents_know_why="Telling them could put Katie at risk tonight.",
    )
    return replace(whole, **changes)
