"""The Walsh family of 12 Harbour Lane: the story that newcomers learn with, entry by entry.

Each piece is held by one agency alone, and none of it is alarming alone. What makes the picture is the
order of things across agencies: a new partner, missed appointments, a girl who stops changing for PE, a
bruise on a toddler, a call to a helpline, and an arrest. The referral that brings it together is left to
whoever is learning: Ros Okafor makes it, after Katie's talk with the counsellor and the arrest.

What an earlier look did not see is here too: the school's concern in May was closed because nobody asked.

The names, dates and words are canon (the screens are drawn with them), so this family alone is written
down row by row. Days are those of November 2026 and move with the calendar.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.training.sharetown.shapes import Calendar, Family, Held, Tie, Works, Wrote

KATIE, JAYDEN, POPPY = "walsh/katie", "walsh/jayden", "walsh/poppy"
DONNA, SEAN, LEE = "walsh/donna", "walsh/sean", "walsh/lee"
MAUREEN, PATRICK = "walsh/maureen", "walsh/patrick"
CHILDREN = (KATIE, JAYDEN, POPPY)
EVERYONE_AT_HOME = (*CHILDREN, DONNA, LEE)

HOME = At(line="12 Harbour Lane", town="Sharetown", postcode="ST1 4QZ")
SURGERY = "Harbour Road Surgery"
NHS = {
    KATIE: "9990123454",
    JAYDEN: "9990123462",
    POPPY: "9990123470",
    DONNA: "9990123489",
    SEAN: "9990123497",
}
DONNA_PHONE = ("phone", "07700 900142")


def facts_of_katie(calendar: Calendar) -> Facts:
    """Katie as her school knows her: what Ros writes into the concern."""
    return Facts(
        given="Katie",
        family="Walsh",
        born=calendar.born(date(2012, 3, 3)),
        sex="F",
        addresses=(HOME,),
        school="Sharetown Academy",
    )


def family(calendar: Calendar) -> Family:
    """Everything that agencies hold on the Walsh family, none of it shared."""
    return Family(
        key="walsh",
        held=[
            *_held_by_health(calendar),
            *_held_by_schools(calendar),
            *_held_by_social_care(calendar),
            *_held_by_police(calendar),
            *_held_by_housing(calendar),
            *_held_by_charity(calendar),
        ],
        ties=_ties(calendar),
        works=_works(calendar),
        wrote=[
            *_health(calendar),
            *_schools(calendar),
            *_police(calendar),
            *_housing(calendar),
            *_others(calendar),
        ],
    )


def _who(calendar: Calendar) -> dict[str, Facts]:
    """Name, date of birth and sex of each, as they are."""
    born = calendar.born
    return {
        KATIE: Facts(given="Katie", family="Walsh", born=born(date(2012, 3, 3)), sex="F"),
        JAYDEN: Facts(given="Jayden", family="Walsh", born=born(date(2017, 4, 9)), sex="M"),
        POPPY: Facts(given="Poppy", family="Walsh", born=born(date(2024, 8, 21)), sex="F"),
        DONNA: Facts(given="Donna", family="Walsh", born=born(date(1988, 5, 20)), sex="F"),
        SEAN: Facts(given="Sean", family="Walsh", born=born(date(1985, 2, 11)), sex="M"),
        LEE: Facts(given="Lee", family="Marsden", born=born(date(1991, 7, 30)), sex="M"),
        MAUREEN: Facts(given="Maureen", family="Doyle", born=born(date(1965, 1, 17)), sex="F"),
        PATRICK: Facts(
            given="Patrick",
            family="Doyle",
            born=born(date(1961, 10, 2)),
            died_on=born(date(2015, 6, 14)),
            sex="M",
        ),
    }


def _held_by_health(calendar: Calendar) -> list[Held]:
    """The child health index: every child of the family, with NHS numbers; the fullest record there is."""
    who, born = _who(calendar), calendar.born(date(2024, 8, 21))
    changes = {
        KATIE: {"gp": SURGERY, "school": "Sharetown Academy"},
        JAYDEN: {"gp": SURGERY, "school": "Harbour Primary School"},
        POPPY: {
            "gp": SURGERY,
            "identifiers": (("nhs_number", NHS[POPPY]), ("mother_nhs_number", NHS[DONNA])),
        },
        DONNA: {"gp": SURGERY, "contacts": (DONNA_PHONE,)},
        SEAN: {"addresses": (At(line="3 Kiln Court", town="Sharetown", postcode="ST5 2KV"),)},
        MAUREEN: {"addresses": (At(line="41 Mill Rise", town="Sharetown", postcode="ST3 7MO"),)},
        PATRICK: {"addresses": ()},
    }
    held = []
    for member, more in changes.items():
        numbers = (("nhs_number", NHS[member]),) if member in NHS else ()
        facts = replace(who[member], **{"identifiers": numbers, "addresses": (HOME,), **more})
        since = born if member == POPPY else calendar.founded
        held.append(Held(member=member, agency="HV", system="child-health", facts=facts, since=since))
    poppy = replace(
        who[POPPY], identifiers=(("nhs_number", NHS[POPPY]),), addresses=(HOME,), contacts=(DONNA_PHONE,)
    )
    donna = replace(who[DONNA], identifiers=(("nhs_number", NHS[DONNA]),), addresses=(HOME,))
    came = calendar.on(date(2026, 10, 14))
    return [
        *held,
        Held(member=POPPY, agency="HOSP", system="hospital", facts=poppy, since=came),
        Held(member=DONNA, agency="HOSP", system="hospital", facts=donna, since=came),
    ]


def _held_by_schools(calendar: Calendar) -> list[Held]:
    who, since = _who(calendar), calendar.ago(436)
    katie = replace(facts_of_katie(calendar), identifiers=(("local_id", "SA-2207"),))
    jayden = replace(who[JAYDEN], addresses=(HOME,), school="Harbour Primary School")
    donna = replace(who[DONNA], born=None, addresses=(HOME,), contacts=(DONNA_PHONE,))
    maureen = replace(who[MAUREEN], born=None, contacts=(("phone", "01632 960 188"),))
    sean = replace(who[SEAN], born=None, addresses=(At(town="Sharetown", postcode="ST5 2KV"),))
    on_the_form = "Named as the mother on the admission form, at the same address with the same telephone."
    return [
        Held(
            member=KATIE,
            agency="SCH",
            system="roll",
            facts=katie,
            since=since,
            why="Name, date of birth, address and school agree with the child health index.",
        ),
        Held(
            member=DONNA,
            agency="SCH",
            system="roll",
            facts=donna,
            since=since,
            why=on_the_form,
        ),
        Held(
            member=MAUREEN,
            agency="SCH",
            system="roll",
            facts=maureen,
            since=since,
            why="Named as the grandmother to ring if Donna cannot be reached.",
        ),
        Held(member=JAYDEN, agency="HPS", system="roll", facts=jayden, since=since),
        Held(
            member=DONNA,
            agency="HPS",
            system="roll",
            facts=donna,
            since=since,
            why=on_the_form,
        ),
        Held(
            member=SEAN,
            agency="HPS",
            system="roll",
            facts=sean,
            since=since,
            why="Named as the father on the admission form; collects Jayden on Fridays.",
        ),
    ]


def _held_by_social_care(calendar: Calendar) -> list[Held]:
    who, since = _who(calendar), calendar.on(date(2026, 5, 6))
    return [
        Held(
            member=member,
            agency="CSC",
            system="case-system",
            facts=replace(who[member], addresses=(HOME,)),
            since=since,
            why="Looked up for the school’s referral of May: name, date of birth and address agree.",
        )
        for member in (*CHILDREN, DONNA)
    ]


def _held_by_police(calendar: Calendar) -> list[Held]:
    """An officer writes names as they are called out at night: Kate; day and month exchanged; no date at all."""
    who, since = _who(calendar), calendar.on(date(2026, 3, 11))
    swapped = calendar.born(date(2017, 9, 4))
    donna = replace(who[DONNA], addresses=(HOME,))
    lee = replace(who[LEE], addresses=(HOME,), identifiers=(("local_id", "N-104-552"),))
    seen = "Written down at 12 Harbour Lane with Donna and the other children; nobody else of that age lives there."
    return [
        Held(member=DONNA, agency="POL", system="incidents", facts=donna, since=since),
        Held(
            member=LEE,
            agency="POL",
            system="incidents",
            facts=lee,
            since=since,
            why="Housing has him at the same address since February, as Donna’s partner.",
        ),
        Held(
            member=KATIE,
            agency="POL",
            system="incidents",
            facts=replace(who[KATIE], given="Kate", addresses=(HOME,)),
            since=since,
            why=f"Kate is what the officer heard for Katie. {seen}",
        ),
        Held(
            member=JAYDEN,
            agency="POL",
            system="incidents",
            facts=replace(who[JAYDEN], born=swapped, addresses=(HOME,)),
            since=since,
            why=f"Day and month of birth are exchanged. {seen}",
        ),
        Held(
            member=POPPY,
            agency="POL",
            system="incidents",
            facts=replace(who[POPPY], born=None, addresses=(HOME,)),
            since=since,
            why=f"No date of birth was taken. {seen}",
        ),
    ]


def _held_by_housing(calendar: Calendar) -> list[Held]:
    """The tenancy and who is said to live there; Katy, of whom the tenancy knows but the year of birth,
    is left for the newcomer to decide on."""
    who, since = _who(calendar), calendar.founded
    moved_in = calendar.on(date(2026, 2, 19))
    donna = replace(
        who[DONNA], addresses=(HOME,), contacts=(DONNA_PHONE,), identifiers=(("local_id", "T-30871"),)
    )
    lee = replace(who[LEE], born=None, addresses=(replace(HOME, from_date=moved_in),))
    katy = replace(who[KATIE], given="Katy", born_accuracy="UUA", addresses=(replace(HOME, postcode=""),))
    return [
        Held(member=DONNA, agency="HOU", system="tenancies", facts=donna, since=since),
        Held(member=KATIE, agency="HOU", system="tenancies", facts=katy, since=since, waits=True),
        Held(
            member=LEE,
            agency="HOU",
            system="tenancies",
            facts=lee,
            since=moved_in,
        ),
    ]


def _held_by_charity(calendar: Calendar) -> list[Held]:
    donna = Facts(given="Donna", family="Walsh", sex="F", contacts=(DONNA_PHONE,))
    return [
        Held(
            member=DONNA,
            agency="VCS",
            system="support",
            facts=donna,
            since=calendar.on(date(2026, 10, 2)),
            why="The telephone number is Donna’s, and she named Lee.",
        )
    ]


def _ties(calendar: Calendar) -> list[Tie]:
    parted, joined = calendar.on(date(2022, 6, 1)), calendar.on(date(2026, 2, 19))
    return [
        *(Tie(member=DONNA, kind="MTH", to=child, parental_responsibility=True) for child in CHILDREN),
        *(Tie(member=SEAN, kind="FTH", to=child, parental_responsibility=True) for child in (KATIE, JAYDEN)),
        Tie(member=SEAN, kind="FMRSPS", to=DONNA, until_date=parted),
        Tie(member=LEE, kind="DOMPART", to=DONNA, from_date=joined),
        Tie(member=MAUREEN, kind="MTH", to=DONNA),
        Tie(member=PATRICK, kind="FTH", to=DONNA),
        Tie(member=MAUREEN, kind="SPS", to=PATRICK),
        *(Tie(member=MAUREEN, kind="MGRMTH", to=child, known_to=("SCH",)) for child in (KATIE,)),
    ]


def _works(calendar: Calendar) -> list[Works]:
    term = calendar.on(date(2025, 9, 3))
    nurse = {"agency": "HV", "service": "School nursing", "worker": "Rosa Whitcombe", "from_date": term}
    return [
        Works(
            member=POPPY,
            agency="HV",
            service="Health visiting",
            worker="amina",
            from_date=calendar.on(date(2024, 9, 4)),
        ),
        Works(member=KATIE, **nurse),
        Works(member=JAYDEN, **nurse),
        Works(member=KATIE, agency="SCH", service="Form 10B", worker="Mr J Hale, form tutor", from_date=term),
        Works(
            member=JAYDEN, agency="HPS", service="Year 5", worker="Mrs P Lowe, class teacher", from_date=term
        ),
        Works(
            member=DONNA,
            agency="HOU",
            service="Tenancy, 12 Harbour Lane",
            worker="kevin",
            from_date=calendar.on(date(2019, 4, 1)),
        ),
        *(
            Works(
                member=child,
                agency="CSC",
                service="Front door",
                worker="grace",
                from_date=calendar.on(date(2026, 5, 6)),
                until_date=calendar.on(date(2026, 5, 8)),
                detail="Early help offered and declined",
            )
            for child in CHILDREN
        ),
    ]


def _schools(calendar: Calendar) -> list[Wrote]:
    on = calendar.on
    return [
        Wrote(
            by="ros",
            about=(KATIE,),
            piece=Piece(
                kind="school_attendance",
                title="Attendance falls to 82%",
                text="Was 96% in the summer term. Mondays and Fridays most often missed.",
                happened_on=on(date(2026, 1, 14)),
                how_known="fact",
                source="Sharetown Academy register",
            ),
            at_first=Piece(
                kind="school_attendance",
                title="Attendance falls to 28%",
                text="Was 96% in the summer term. Mondays and Fridays most often missed.",
                happened_on=on(date(2026, 1, 14)),
                how_known="fact",
                source="Sharetown Academy register",
            ),
            because="I typed the figures the wrong way round. The register says 82%.",
        ),
        Wrote(
            by="ros",
            about=(KATIE,),
            piece=Piece(
                kind="child_account",
                title="Katie talks to pastoral lead",
                text="Katie asked to stay in at break.",
                child_words="I don’t like being in when they argue.",
                happened_on=on(date(2026, 3, 18)),
                how_known="fact",
                source="Ros Okafor, safeguarding lead; heard from Katie, written down the same day",
            ),
        ),
        Wrote(
            by="sian",
            about=(JAYDEN,),
            piece=Piece(
                kind="strength",
                title="Jayden reads to the class",
                text="Proud of it. His father came to listen, and collects him every Friday.",
                happened_on=on(date(2026, 7, 3)),
                how_known="fact",
                source="Mrs P Lowe, class teacher",
            ),
        ),
        Wrote(
            by="ros",
            about=(KATIE,),
            piece=Piece(
                kind="school_concern",
                title="Katie seems withdrawn",
                text="Sits alone. Kept long sleeves on in PE in warm weather.",
                happened_on=on(date(2026, 9, 14)),
                how_known="opinion",
                source="Mr J Hale, form tutor; seen in person over two weeks",
            ),
        ),
        Wrote(
            by="ros",
            about=(KATIE,),
            piece=Piece(
                kind="child_account",
                title="Katie talks to school counsellor",
                text="Katie chose to come. Agreed it could be shared with the safeguarding lead.",
                child_words="Lee gets mad and Mum goes quiet. I take Poppy to my room.",
                happened_on=on(date(2026, 11, 12)),
                how_known="fact",
                source="Ros Okafor, safeguarding lead; heard from Katie, written down the same day",
                key_event=True,
            ),
        ),
        Wrote(
            by="ros",
            about=(KATIE,),
            piece=Piece(
                kind="other",
                title="Police told us about last night",
                text="Incident at Katie’s home; a man was arrested. Katie came to school and asked where Poppy was.",
                happened_on=on(date(2026, 11, 20)),
                happened_at=time(8, 25),
                how_known="reported",
                source="Telephone call from the police before the school day",
            ),
        ),
    ]


def _health(calendar: Calendar) -> list[Wrote]:
    on, clinic = calendar.on, "Sharetown 0–19 Health Service, clinic list"
    return [
        Wrote(
            by="amina",
            about=(DONNA,),
            piece=Piece(
                kind="adult_mental_health",
                title="Donna: low mood after Jayden’s birth",
                text="GP treatment for six months in 2017 to 2018. Discharged well.",
                happened_on=date(2019, 1, 9),
                how_known="fact",
                source="GP summary",
                about_adult=True,
                special_category=True,
            ),
        ),
        Wrote(
            by="amina",
            about=(POPPY,),
            piece=Piece(
                kind="was_not_brought",
                title="Poppy not brought to hearing test",
                text="No reason given. Letter sent.",
                happened_on=on(date(2026, 4, 23)),
                how_known="fact",
                source=clinic,
                special_category=True,
            ),
        ),
        Wrote(
            by="amina",
            about=(JAYDEN, POPPY),
            piece=Piece(
                kind="other",
                title="Neighbour worried about shouting",
                text="Mrs Hart at number 14 said a man is “always shouting at the little ones”. She asked not to "
                "be named.",
                happened_on=on(date(2026, 6, 5)),
                how_known="reported",
                source="Told to Amina Yusuf at clinic",
                protect=("Mrs Hart",),
            ),
        ),
        Wrote(
            by="amina",
            about=(DONNA, POPPY),
            piece=Piece(
                kind="health_visit",
                title="Donna seems anxious at home visit",
                text="Looked to Lee before answering. I was not able to see her alone.",
                happened_on=on(date(2026, 9, 22)),
                how_known="opinion",
                source="Amina Yusuf, health visitor; seen in person",
            ),
        ),
        Wrote(
            by="meera",
            about=(POPPY,),
            piece=Piece(
                kind="ed_attendance",
                title="Poppy seen with bruised forearm",
                text="3 cm bruise, left forearm. X-ray: no fracture. Donna said Poppy fell from the sofa. A man with "
                "them answered when Donna was asked. Letter sent to the 0–19 service.",
                happened_on=on(date(2026, 10, 14)),
                happened_at=time(17, 40),
                how_known="fact",
                source="Dr M Iyer, emergency department notes",
                key_event=True,
                special_category=True,
            ),
        ),
        Wrote(
            by="amina",
            about=(POPPY,),
            piece=Piece(
                kind="ed_attendance",
                title="Poppy at A&E with bruised forearm",
                text="3 cm bruise, left forearm. No fracture. Donna said Poppy fell from the sofa.",
                happened_on=on(date(2026, 10, 14)),
                happened_at=time(17, 40),
                how_known="fact",
                source="Sharetown General, A&E letter; seen by Dr M Iyer",
                key_event=True,
                special_category=True,
            ),
        ),
        Wrote(
            by="amina",
            about=(POPPY,),
            piece=Piece(
                kind="was_not_brought",
                title="Poppy not brought to 2-year review",
                text="Text reminder sent the day before.",
                happened_on=on(date(2026, 11, 3)),
                how_known="fact",
                source=clinic,
                special_category=True,
            ),
        ),
        Wrote(
            by="amina",
            about=(POPPY,),
            piece=Piece(
                kind="was_not_brought",
                title="Poppy not brought to 2-year review again",
                text="Second missed date. Phone call not answered.",
                happened_on=on(date(2026, 11, 10)),
                how_known="fact",
                source=clinic,
                special_category=True,
            ),
        ),
    ]


def _police(calendar: Calendar) -> list[Wrote]:
    on = calendar.on
    return [
        Wrote(
            by="hannah",
            about=(LEE,),
            piece=Piece(
                kind="intelligence",
                title="Violence towards a former partner",
                text="Lee Marsden is said to have broken a former partner’s wrist in Northvale in 2023. No charge.",
                happened_on=on(date(2026, 3, 13)),
                how_known="reported",
                source="Intelligence report 26/0417",
                police_grading="2BP",
            ),
        ),
        Wrote(
            by="dan",
            about=EVERYONE_AT_HOME,
            piece=Piece(
                kind="police_attendance",
                title="Police attend argument at home",
                text="999 call. Verbal argument between Donna and Lee. No injuries seen. Katie, Jayden and Poppy "
                "upstairs. School told next morning.",
                happened_on=on(date(2026, 3, 11)),
                happened_at=time(21, 5),
                how_known="fact",
                source="PC Dan Reeve; attended in person",
            ),
        ),
        Wrote(
            by="dan",
            about=EVERYONE_AT_HOME,
            piece=Piece(
                kind="domestic_abuse",
                title="Lee Marsden arrested at the address",
                text="Arrested on suspicion of assaulting Donna. Poppy was in the room. Katie called 999. Social care "
                "and school told by 08:30.",
                happened_on=on(date(2026, 11, 19)),
                happened_at=time(23, 40),
                how_known="fact",
                source="PC Dan Reeve; attended in person",
                key_event=True,
            ),
        ),
    ]


def _housing(calendar: Calendar) -> list[Wrote]:
    on = calendar.on
    return [
        Wrote(
            by="kevin",
            about=(DONNA,),
            piece=Piece(
                kind="tenancy",
                title="Rent arrears of £640",
                text="First arrears notice sent. Repayment plan offered, no reply.",
                happened_on=on(date(2026, 2, 2)),
                how_known="fact",
                source="Kevin Marsh, housing officer; taken from the rent account",
            ),
        ),
        Wrote(
            by="kevin",
            about=(DONNA, LEE),
            piece=Piece(
                kind="household_change",
                title="New partner moves in",
                text="Donna told us Lee Marsden now lives at the address.",
                happened_on=on(date(2026, 2, 19)),
                how_known="reported",
                source="Kevin Marsh, housing officer; told by Donna by phone",
            ),
        ),
        Wrote(
            by="kevin",
            about=(DONNA, LEE, KATIE),
            piece=Piece(
                kind="antisocial_behaviour",
                title="Neighbour complaint, damage to door",
                text="Neighbour reports banging at night. Officer saw the inside door broken.",
                happened_on=on(date(2026, 10, 28)),
                how_known="reported",
                source="Kevin Marsh, housing officer; told by a neighbour, damage seen in person",
            ),
        ),
    ]


def _others(calendar: Calendar) -> list[Wrote]:
    on = calendar.on
    return [
        Wrote(
            by="grace",
            about=(*CHILDREN, DONNA),
            piece=Piece(
                kind="referral",
                title="Referral closed, early help offered",
                text="School referral. Donna declined early help. Closed with no further action. School told on "
                f"{on(date(2026, 5, 11)):%-d %B}.",
                happened_on=on(date(2026, 5, 8)),
                how_known="fact",
                source="Grace Lindqvist, social worker; taken from the case file",
            ),
        ),
        Wrote(
            by="bela",
            about=(DONNA,),
            piece=Piece(
                kind="parent_account",
                title="Donna calls women’s helpline",
                text="Said Lee checks her phone and holds the bank card. Did not want a call back.",
                happened_on=on(date(2026, 10, 2)),
                how_known="reported",
                source="Béla Nagy, support worker; told by Donna by phone",
            ),
        ),
    ]
