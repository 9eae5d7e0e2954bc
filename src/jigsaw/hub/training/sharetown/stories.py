"""What happens to the families of Sharetown, and what does each agency see of it?

A story is a function that tells, piece by piece, what agencies wrote down about a family. Three sorts are
mixed on purpose, because a screener meets them mixed:

- harmless: families who get on with their lives, or who got help that worked;
- worrying: nothing alarming in one agency's drawer, and a pattern across several;
- misleading: something that looks alarming and has an innocent reason held by another agency, or a rumour
  that a fact contradicts.

`STORIES` says which is which; docs/explanation/sharetown.md says why.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time

from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.training.sharetown.folk import Folk, One
from jigsaw.hub.training.sharetown.shapes import Calendar, Works, Wrote

SPECIAL = frozenset(
    "injury was_not_brought ed_attendance hospital_admission gp_contact camhs_contact health_visit "  # noqa: SIM905
    "antenatal_booking adult_mental_health substance_misuse sen_support offence".split()
)
ABOUT_ADULTS = frozenset({"adult_mental_health", "substance_misuse", "offence"})
CLINIC = "Sharetown 0–19 Health Service, clinic list"
REGISTER = "Attendance register"


@dataclass
class Telling:
    """Collects what is written down about one family."""

    folk: Folk
    calendar: Calendar
    rng: random.Random
    wrote: list[Wrote] = field(default_factory=list)
    works: list[Works] = field(default_factory=list)

    def note(
        self,
        by: str,
        ago: int,
        kind: str,
        how: str,
        about: list[One],
        title: str,
        text: str,
        source: str,
        *,
        words: str = "",
        at: time | None = None,
        key: bool = False,
        protect: tuple[str, ...] = (),
        grade: str = "",
        sealed: str = "",
        on: date | None = None,
    ) -> None:
        """`by` wrote this down `ago` days before the story's present, or of the day `on`."""
        piece = Piece(
            kind=kind,
            title=title,
            text=text,
            child_words=words,
            happened_on=on or self.calendar.ago(ago),
            happened_at=at,
            how_known=how,
            source=source,
            key_event=key,
            protect=protect,
            about_adult=kind in ABOUT_ADULTS,
            special_category=kind in SPECIAL,
            police_grading=grade,
            sealed=sealed,
        )
        self.wrote.append(Wrote(by=by, about=tuple(one.key for one in about), piece=piece))

    def work(
        self,
        agency: str,
        one: One,
        service: str,
        worker: str,
        ago: int,
        until: int | None = None,
        detail: str = "",
    ) -> None:
        """A service works with someone since `ago` days, or did until `until` days ago."""
        self.works.append(
            Works(
                member=one.key,
                agency=agency,
                service=service,
                worker=worker,
                from_date=self.calendar.ago(ago),
                until_date=None if until is None else self.calendar.ago(until),
                detail=detail,
            )
        )


def getting_on(t: Telling) -> None:
    """Harmless: a family like most, seen by services open to all."""
    child, rng = t.folk.child, t.rng
    if child.school:
        percent = rng.choice([95, 96, 97, 98])
        t.note(
            child.teacher,
            rng.randrange(120, 160),
            "school_attendance",
            "fact",
            [child],
            f"Attendance {percent}% for the year",
            "Nothing missed without a reason given.",
            REGISTER,
        )
        t.note(
            child.teacher,
            rng.randrange(30, 60),
            "strength",
            "fact",
            [child],
            rng.choice(
                [
                    f"{child.given} chosen for the school council",
                    f"{child.given} plays in the harbour band",
                    f"{child.given} helps new pupils find their way",
                ]
            ),
            f"{child.given} told the class about it. The family came to watch.",
            "Class teacher; seen in person",
        )
    youngest = t.folk.children[-1]
    if youngest.age < 5:
        t.note(
            "amina",
            rng.randrange(60, 200),
            "health_visit",
            "fact",
            [youngest],
            f"{youngest.given} at review: growing well",
            "On the same centile as before. Plays with what is offered. Immunisations up to date.",
            "Amina Yusuf, health visitor; seen at clinic",
        )


def blue_mark(t: Telling) -> None:
    """Misleading: a mark taken for a bruise is a birthmark, written down at birth by health."""
    child = t.folk.children[-1]
    t.note(
        "ngozi",
        539,
        "birth",
        "fact",
        [child],
        f"{child.given}: blue-grey birthmark on lower back",
        "4 cm, present at birth, photographed. Common and harmless; fades by school age.",
        "Newborn check",
        on=child.born,
    )
    older = t.folk.child
    t.note(
        older.teacher,
        38,
        "injury",
        "reported",
        [older],
        f"{older.given} says the baby has a bruise",
        f"At pick-up Mrs Ashdown saw a blue mark on the baby’s back as {t.folk.parent.given} changed {child.them}.",
        "Told by a parent helper",
        protect=("Mrs Ashdown",),
        words="My baby has got a blue bit.",
    )
    t.note(
        "amina",
        200,
        "health_visit",
        "fact",
        [child],
        f"{child.given} seen at home, well",
        "Warm home, responsive mother. Blue-grey birthmark as recorded at birth.",
        "Amina Yusuf, health visitor; seen in person",
    )


def left_alone(t: Telling) -> None:
    """Misleading: a rumour that children are left alone at night; their grandmother was there each time."""
    folk = t.folk
    t.note(
        "kevin",
        64,
        "antisocial_behaviour",
        "reported",
        folk.children,
        "Neighbour says children are alone at night",
        "Mr Pell upstairs says the mother goes out at ten and the children are on their own. He does not want his name used.",
        "Told to Kevin Marsh by phone",
        protect=("Mr Pell",),
    )
    t.note(
        "dan",
        57,
        "police_attendance",
        "fact",
        [*folk.children, folk.parent],
        "Welfare check: children with their grandmother",
        f"Attended at 23:15. Children asleep, grandmother awake with them. {folk.parent.given} works nights as a cleaner.",
        "PC Dan Reeve; attended in person",
        at=time(23, 15),
    )
    t.note(
        folk.child.teacher,
        30,
        "strength",
        "fact",
        [folk.child],
        f"{folk.child.given} always collected on time",
        "By the mother or the grandmother, whose name is on the list.",
        "School office",
    )


def asthma(t: Telling) -> None:
    """Worrying: missed reviews, missed school, and a damp home, each in another drawer."""
    child, parent = t.folk.child, t.folk.parent
    for ago, text in (
        (210, "Letter sent."),
        (118, "Text sent; no reply."),
        (34, "Third date missed. GP told."),
    ):
        t.note(
            "amina",
            ago,
            "was_not_brought",
            "fact",
            [child],
            f"{child.given} not brought to asthma review",
            text,
            CLINIC,
        )
    t.note(
        "meera",
        47,
        "ed_attendance",
        "fact",
        [child],
        f"{child.given} in A&E with asthma",
        f"Nebuliser, kept four hours. Inhaler had run out. {parent.given} came from work, worried.",
        "Emergency department notes",
        at=time(2, 20),
        key=True,
    )
    t.note(
        child.teacher,
        20,
        "school_attendance",
        "fact",
        [child],
        "Attendance falls to 84%",
        "Was 95% a year ago. Most absences are given as cough or cold.",
        REGISTER,
    )
    t.note(
        "kevin",
        77,
        "home_conditions",
        "fact",
        [parent],
        "Black mould in the children’s bedroom",
        "Reported twice. Contractor did not come. Ordered again.",
        "Kevin Marsh; seen in person",
    )
    t.note(
        child.teacher,
        16,
        "child_account",
        "fact",
        [child],
        f"{child.given} talks about nights",
        "Said while feeding the class fish.",
        "Class teacher; written down the same day",
        words="I sleep sitting up because then I can breathe.",
    )


def faltering_growth(t: Telling) -> None:
    """Worrying: a baby who is not gaining, and a mother whom nobody has asked how she is."""
    baby, mother = t.folk.children[-1], t.folk.parent
    t.note(
        "amina",
        150,
        "health_visit",
        "fact",
        [baby],
        f"{baby.given} weighed: on the 50th centile",
        "Walks holding on. Eats what the others eat.",
        "Amina Yusuf, health visitor; clinic scales",
    )
    t.note(
        "amina",
        12,
        "health_visit",
        "fact",
        [baby],
        f"{baby.given}’s weight has dropped two centiles",
        "Below the 9th. Pale. Mostly milk from a bottle, in the pushchair.",
        "Amina Yusuf, health visitor; clinic scales",
        key=True,
    )
    t.note(
        "amina",
        12,
        "health_visit",
        "opinion",
        [mother],
        f"{mother.given} seems very tired and flat",
        "Answers in few words. A neighbour’s child interpreted. I did not ask about her mood.",
        "Amina Yusuf, health visitor; seen in person",
    )
    t.note(
        "bela",
        25,
        "voluntary_support",
        "reported",
        [mother],
        f"{mother.given} asks for milk powder",
        "Says her partner’s work has stopped and they are two months behind with rent.",
        "Told to Béla Nagy at the food bank",
    )
    t.note(
        "meera",
        8,
        "ed_attendance",
        "fact",
        [baby],
        f"{baby.given} brought in with vomiting",
        "Settled after fluids. Weight 8.0 kg. Sent home with advice; letter to the 0–19 service.",
        "Emergency department notes",
    )


def cold_home(t: Telling) -> None:
    """Worrying for another reason: a child with sickle cell disease in a home without heating. The parents are fine."""
    child, parent = t.folk.child, t.folk.parent
    t.note(
        "kevin",
        9,
        "home_conditions",
        "fact",
        [parent, child],
        "Boiler condemned, no heating",
        "Part not to be had before next week. Two fan heaters lent.",
        "Kevin Marsh; seen in person",
    )
    t.note(
        "meera",
        96,
        "hospital_admission",
        "fact",
        [child],
        f"{child.given} in hospital with a painful crisis",
        "Sickle cell disease. Three nights. Advice: warmth, fluids, come at once with fever.",
        "Ward discharge letter",
    )
    t.note(
        "meera",
        6,
        "ed_attendance",
        "fact",
        [child],
        f"{child.given} seen with pain in the legs",
        f"{parent.given} came at once, as told. Second time since the cold set in.",
        "Emergency department notes",
    )
    t.note(
        child.teacher,
        40,
        "sen_support",
        "fact",
        [child],
        "Health care plan agreed",
        "Water bottle, warm room at break. Parents very clear about what he needs.",
        "School nurse and parents",
    )
    t.note(
        "bela",
        11,
        "parent_account",
        "reported",
        [parent],
        f"{parent.given} asks for help with the landlord",
        "Afraid that social care will blame them for the cold.",
        "Told to Béla Nagy by phone",
    )


def late_booking(t: Telling) -> None:
    """Worrying: a pregnancy booked late, by a mother whose first child was taken into care elsewhere."""
    baby, mother = t.folk.children[-1], t.folk.parent
    t.note(
        "ngozi",
        52,
        "antenatal_booking",
        "fact",
        [mother, baby],
        "Booked at 29 weeks",
        "Said she did not know whom to ask. Came alone. Blood pressure normal, baby moving.",
        "Booking appointment",
    )
    t.note(
        "ngozi",
        24,
        "was_not_brought",
        "fact",
        [mother, baby],
        "Scan missed",
        "Rang the next day to say she had no bus fare.",
        "Maternity list",
    )
    t.note(
        "bela",
        30,
        "voluntary_support",
        "fact",
        [mother],
        f"{mother.given} comes to the Thursday group",
        "Cooks with the others. Has begun to ask questions about the birth.",
        "Béla Nagy; seen in person",
    )
    t.note(
        "grace",
        20,
        "looked_after",
        "fact",
        [mother],
        "Mother was herself in care until 18",
        "Northvale. Her own worker still has her trust.",
        "Northvale leaving-care file, with her agreement",
    )


def supported_pregnancy(t: Telling) -> None:
    """Harmless: an unborn baby, a mother with epilepsy, and everybody doing what they said they would."""
    baby, mother = t.folk.children[-1], t.folk.parent
    t.note(
        "ngozi",
        110,
        "antenatal_booking",
        "fact",
        [mother, baby],
        "Booked at 9 weeks, consultant-led",
        "Epilepsy, well controlled. Plan for medicines made with neurology.",
        "Booking appointment",
    )
    t.note(
        "ngozi",
        18,
        "antenatal_booking",
        "fact",
        [mother, baby],
        "All appointments kept",
        "Growth as expected. Sister will stay for the first month.",
        "Maternity notes",
    )
    t.note(
        "amina",
        15,
        "health_visit",
        "fact",
        [mother],
        "Antenatal visit: ready for the baby",
        "Cot, clothes, names chosen. Knows the signs to watch for.",
        "Amina Yusuf, health visitor; seen in person",
    )


def missing(t: Telling) -> None:
    """Worrying: a boy who goes missing, comes back with new things, and says little."""
    child = t.folk.child
    for ago, hours in ((82, 6), (49, 11), (5, 19)):
        t.note(
            "dan",
            ago,
            "missing_episode",
            "fact",
            [child],
            f"{child.given} missing for {hours} hours",
            "Found at the bus station. Would not say where he had been.",
            "Missing person report",
            at=time(21, 40),
            key=hours > 12,
        )
    t.note(
        child.teacher,
        31,
        "exploitation_concern",
        "opinion",
        [child],
        f"{child.given} has a second telephone",
        "New trainers too. Sleeps in lessons on Mondays.",
        "Head of year; seen in person",
    )
    t.note(
        "bela",
        43,
        "return_interview",
        "fact",
        [child],
        "Return interview",
        "Would not talk about who drives. Drew a car with three people.",
        "Béla Nagy; the same week",
        words="They’re my mates. They buy me food.",
    )
    t.note(
        "hannah",
        27,
        "intelligence",
        "reported",
        [child],
        "Boys seen in a grey hatchback",
        "Three boys of about twelve said to be driven between Sharetown and Northvale at night by a man in his twenties.",
        "Intelligence report 26/1132",
        grade="2CP",
    )
    t.note(
        "david",
        12,
        "school_concern",
        "reported",
        [child],
        "Where he sleeps on Fridays",
        "At his aunt’s, 14 Lantern Row. Her former husband must not learn where she lives.",
        "Told to David Afolabi by the aunt",
        sealed="protected_address",
    )
    t.note(
        "david",
        4,
        "school_concern",
        "reported",
        [child],
        "A pupil knows who drives",
        "A boy in his form gives the driver’s first name, Kit. He is afraid of being known.",
        "Told to David Afolabi by a pupil",
        sealed="informant",
    )


def moved_in(t: Telling) -> None:
    """Harmless so far: a family that has come from Northvale, whose records have not followed them."""
    child, parent = t.folk.child, t.folk.parent
    t.note(
        "nia",
        400,
        "child_in_need_plan",
        "fact",
        t.folk.children,
        "Child in need plan in Northvale",
        "After the parents’ separation. Meetings every six weeks.",
        "Northvale case file",
    )
    t.note(
        "nia",
        190,
        "child_in_need_plan",
        "fact",
        t.folk.children,
        "Plan ended: aims met",
        f"{parent.given} in work, {child.given} settled. Closed with everyone’s agreement.",
        "Northvale case file",
    )
    t.note(
        "bela",
        14,
        "voluntary_support",
        "reported",
        [parent, child],
        "New in Sharetown",
        "Knows nobody yet. Asks about a GP and the after-school club.",
        "Told to Béla Nagy at the drop-in",
    )
    t.note(
        child.teacher,
        18,
        "school_move",
        "fact",
        [child],
        f"{child.given} joins in the middle of term",
        "File asked for from the school in Northvale; not come yet.",
        "School office",
    )


def young_carer(t: Telling) -> None:
    """Worrying and full of strengths: a child who looks after a parent, and is proud of it."""
    child, parent = t.folk.child, t.folk.parent
    t.note(
        "amina",
        260,
        "adult_mental_health",
        "fact",
        [parent],
        f"{parent.given}: multiple sclerosis, low mood",
        "Relapse in spring. Physiotherapy twice a week.",
        "GP summary, with her agreement",
    )
    t.note(
        child.teacher,
        70,
        "school_attendance",
        "fact",
        [child],
        f"{child.given} late on most Tuesdays",
        "The physiotherapist comes on Tuesdays.",
        REGISTER,
    )
    t.note(
        child.teacher,
        33,
        "child_account",
        "fact",
        [child],
        f"{child.given} talks about mornings",
        "Asked that the class should not know.",
        "Safeguarding lead; written down the same day",
        words="I do the stairs with Mum first and then I do my hair.",
    )
    t.note(
        "bela",
        21,
        "strength",
        "opinion",
        [child, parent],
        "They laugh a lot together",
        f"{child.given} has begun to come to the young carers’ evening.",
        "Béla Nagy; seen in person",
    )
    t.work("VCS", child, "Young carers’ group", "bela", 60)


def drinking(t: Telling) -> None:
    """Worrying: a parent who drinks, seen by each agency for a moment."""
    child, parent = t.folk.child, t.folk.parent
    t.note(
        "dan",
        133,
        "police_attendance",
        "fact",
        [parent, *t.folk.children],
        "Found asleep in a parked car",
        f"{parent.given} smelt of drink. Children at home with an aunt.",
        "PC Dan Reeve; attended in person",
        at=time(22, 50),
    )
    t.note(
        child.teacher,
        61,
        "school_concern",
        "fact",
        [child],
        "Nobody came at the end of the day",
        f"{parent.given} came at 16:40 and smelt of alcohol. An aunt was rung and took them home.",
        "School office",
    )
    t.note(
        "meera",
        58,
        "ed_attendance",
        "fact",
        [parent],
        "Cut hand, intoxicated",
        "Stitched. Said it was a broken glass. Said there are no children at home.",
        "Emergency department notes",
    )
    t.note(
        "bela",
        36,
        "substance_misuse",
        "reported",
        [parent],
        f"{parent.given} asks about stopping",
        "Two weeks without, then not. Wants nobody to know.",
        "Told to Béla Nagy in person",
    )
    t.note(
        child.teacher,
        10,
        "child_account",
        "fact",
        [child],
        f"{child.given} explains the packed lunch",
        "Said as a joke.",
        "Class teacher; written down the same day",
        words="I make it. Then I know there is one.",
    )


def exploitation(t: Telling) -> None:
    """Worrying, and hard to share: intelligence under conditions about an adult who gives a girl lifts."""
    child = t.folk.child
    t.note(
        "hannah",
        19,
        "intelligence",
        "reported",
        [child],
        "An older man said to give lifts",
        f"{child.given} is said to be collected near school by a man known to an inquiry under way.",
        "Confidential report 26/1207",
        grade="1BC",
    )
    t.note(
        child.teacher,
        26,
        "exploitation_concern",
        "opinion",
        [child],
        "New friends, new clothes, new silence",
        f"{child.given} has left the netball team that {child.they} captained.",
        "Head of year; seen over a month",
    )
    t.note(
        "amina",
        40,
        "gp_contact",
        "fact",
        [child],
        "Asked the school nurse for contraception",
        "Understands what it is for. Did not say who the partner is.",
        "School nurse drop-in",
    )
    t.note(
        "kevin",
        22,
        "antisocial_behaviour",
        "reported",
        [t.folk.parent],
        "Cars at night outside the flats",
        "Mr Oyelaran says a silver estate waits with its lights off. He is afraid of being known.",
        "Caretaker’s book",
        protect=("Mr Oyelaran",),
    )
    t.work("CSC", child, "Child in need", "daniel", 15)


def adopted(t: Telling) -> None:
    """Sealed: what the adoption file holds stays in it; what the child needs today does not depend on it."""
    child = t.folk.child
    t.note(
        "grace",
        530,
        "other",
        "fact",
        [child],
        "Adoption file",
        "Birth name and birth family are in the sealed file. Kept by the adoption team.",
        "Adoption order",
        sealed="adoption",
    )
    t.note(
        child.teacher,
        44,
        "sen_support",
        "fact",
        [child],
        "Finds changes of plan hard",
        "Told of changes the day before; a quiet corner agreed with the parents.",
        "Class teacher and parents",
    )
    t.note(
        child.teacher,
        13,
        "child_account",
        "fact",
        [child],
        f"{child.given} writes about two mums",
        "In a story about a fox. The parents know and are glad.",
        "Class teacher",
        words="The fox has one mum who made her and one who keeps her.",
    )
    t.work("CSC", child, "Adoption support", "Adoption support team", 300)


def refuge(t: Telling) -> None:
    """Worrying, with an address that must not travel: a mother and children in a safe house."""
    child, mother = t.folk.child, t.folk.parent
    t.note(
        "bela",
        44,
        "domestic_abuse",
        "reported",
        [mother, *t.folk.children],
        "Came to the refuge at night",
        "Rosewood House, room 4. Two bags and the children’s birth certificates. Their father does not know where they are.",
        "Told to Béla Nagy on arrival",
        key=True,
        protect=("Rosewood House",),
    )
    t.note(
        "hannah",
        45,
        "domestic_abuse",
        "fact",
        [mother, *t.folk.children],
        "Assault at the former home",
        "Father arrested, released under conditions not to contact. Statement taken.",
        "Crime report",
        key=True,
    )
    t.note(
        child.teacher,
        39,
        "child_account",
        "fact",
        [child],
        f"{child.given} asks who may collect {child.them}",
        "Register marked: mother only.",
        "School office; written down the same day",
        words="You must not tell my dad which bus.",
    )
    t.note(
        "bela",
        9,
        "strength",
        "opinion",
        [mother, child],
        "Sleeping again",
        "The youngest sleeps through since the move to a larger room at Rosewood House.",
        "Béla Nagy; seen in person",
        protect=("Rosewood House",),
    )


def small_things(t: Telling) -> None:
    """Worrying: neglect, which never has one bad day. Five agencies each have two small notes."""
    child, parent = t.folk.child, t.folk.parent
    small = t.folk.children[-1]
    t.note("amina", 330, "was_not_brought", "fact", [small], "Dental check missed", "Letter sent.", CLINIC)
    t.note(
        child.teacher,
        240,
        "school_concern",
        "opinion",
        [child],
        "Same clothes all week, smells of damp",
        "Given a uniform from the cupboard, quietly.",
        "Class teacher; seen in person",
    )
    t.note(
        "kevin",
        180,
        "home_conditions",
        "fact",
        [parent, *t.folk.children],
        "Gas check: kitchen very dirty",
        "No bedding on two beds. Access refused at first.",
        "Gas engineer’s report",
    )
    t.note(
        "amina",
        121,
        "was_not_brought",
        "fact",
        [small],
        "Dental check missed again",
        "Two teeth decayed.",
        CLINIC,
    )
    t.note(
        child.teacher,
        74,
        "child_account",
        "fact",
        [child],
        f"{child.given} asks for seconds",
        "Takes fruit home for the younger ones.",
        "Lunchtime supervisor; written down the same day",
        words="We have tea on Fridays when the money comes.",
    )
    t.note(
        "dan",
        52,
        "police_attendance",
        "fact",
        t.folk.children,
        f"{small.given} found alone on the Ropewalk",
        f"Taken home by a passer-by. {parent.given} had not noticed the door was open.",
        "PC Dan Reeve",
        at=time(17, 15),
    )
    t.note(
        "kevin",
        29,
        "home_conditions",
        "fact",
        [parent],
        "Electricity on emergency credit",
        "Meter cupboard open, card in the slot.",
        "Kevin Marsh; seen in person",
    )
    t.note(
        "bela",
        17,
        "voluntary_support",
        "fact",
        [parent],
        "Food parcel, third this month",
        f"{parent.given} cried and then joked about it.",
        "Béla Nagy",
    )


def twins(t: Telling) -> None:
    """Misleading: two boys with one birthday, and an injury filed under the wrong one."""
    first, second = t.folk.children[0], t.folk.children[1]
    t.note(
        "meera",
        88,
        "ed_attendance",
        "fact",
        [first],
        f"{first.given}: broken collarbone",
        "Fell from the climbing frame at school, seen by two adults. Treated and seen again.",
        "Emergency department notes",
    )
    t.note(
        second.teacher,
        87,
        "injury",
        "fact",
        [second],
        f"Sling on {second.given}’s arm",
        "No explanation asked for. (Entered under the wrong twin: see the hospital’s record.)",
        "Supply teacher",
    )
    t.note(
        first.teacher,
        25,
        "strength",
        "fact",
        [first, second],
        "Put in separate classes, at their own wish",
        "Both have made friends.",
        "Class teachers",
        words="I’m not him. Nobody mixes us up now.",
    )


def bereavement(t: Telling) -> None:
    """Harmless: a sad child with a reason, and people who saw it."""
    child, grand = t.folk.child, t.folk.grandparent
    t.note(
        child.teacher,
        112,
        "school_concern",
        "opinion",
        [child],
        f"{child.given} cries in class",
        "Will not say why. Work has stopped.",
        "Class teacher; seen in person",
    )
    if grand:
        t.note(
            "amina",
            116,
            "death",
            "fact",
            [grand, child],
            f"{grand.given} has died",
            "At home, after a long illness, with the family there.",
            "GP letter",
            on=grand.died_on,
        )
    t.note(
        "bela",
        60,
        "voluntary_support",
        "fact",
        [child],
        "Memory box finished",
        "Six meetings. Laughed about the fishing hat.",
        "Béla Nagy",
        words="He taught me the knots.",
    )


def many_attendances(t: Telling) -> None:
    """Misleading: eleven visits to hospital in a year, all planned or explained by epilepsy."""
    child, parent = t.folk.child, t.folk.parent
    for number, ago in enumerate((300, 212, 147, 71, 16), start=1):
        t.note(
            "meera",
            ago,
            "ed_attendance",
            "fact",
            [child],
            f"Seizure, attendance {number} this year",
            "Epilepsy. Came as the plan says. Went home the same day.",
            "Emergency department notes",
        )
    t.note(
        child.teacher,
        15,
        "school_concern",
        "reported",
        [child],
        "Another parent says she is always in hospital",
        "Mrs Vane said it at the gate, with a look.",
        "Told by a parent",
        protect=("Mrs Vane",),
    )
    t.note(
        "amina",
        190,
        "strength",
        "fact",
        [child, parent],
        "Parents know the plan by heart",
        "Rescue medicine in date, school trained by the epilepsy nurse.",
        "Amina Yusuf; home visit",
    )


def unheard(t: Telling) -> None:
    """Worrying: a year and a half of notes on the adults, and not one word from the child."""
    child, father, mother = t.folk.child, t.folk.father or t.folk.parent, t.folk.parent
    t.note(
        "dan",
        410,
        "police_attendance",
        "fact",
        [father, mother, child],
        "Argument over money",
        "Both calm on arrival. Child in bed, not seen.",
        "PC Dan Reeve; attended in person",
        at=time(23, 30),
    )
    t.note(
        "kevin",
        322,
        "antisocial_behaviour",
        "reported",
        [mother],
        "Shouting through the wall",
        "Third call this year.",
        "Caller did not give a name",
    )
    t.note(
        "daniel",
        295,
        "assessment",
        "opinion",
        [child, mother, father],
        "Assessment: parents working together",
        "Parents seen three times. Child at school each time. Closed.",
        "Daniel Osei; case file",
    )
    t.note(
        "amina",
        170,
        "adult_mental_health",
        "reported",
        [father],
        f"{father.given} says he is not sleeping",
        "Seen by the GP twice.",
        "GP summary",
    )
    t.note(
        "dan",
        48,
        "domestic_abuse",
        "fact",
        [father, mother, child],
        "Neighbour’s call, door kicked",
        "No complaint made. Child upstairs with headphones, not spoken to.",
        "PC Dan Reeve",
        at=time(0, 25),
        key=True,
    )
    t.note(
        child.teacher,
        23,
        "school_concern",
        "opinion",
        [child],
        f"{child.given} is no trouble at all",
        "Polite, tidy, alone. Nobody could say what is liked or feared.",
        "Form tutor",
    )


def brothers_and_sisters(t: Telling) -> None:
    """One visit, one entry, four children: what is written once belongs to each of them."""
    folk = t.folk
    t.note(
        "daniel",
        35,
        "home_visit",
        "fact",
        [*folk.children, folk.parent],
        "Visit: all the children seen",
        "Each shown their room. The eldest cooked. Beds for three of four.",
        "Daniel Osei; seen in person",
        words="It’s loud and I like it.",
    )
    t.note(
        "kevin",
        90,
        "tenancy",
        "fact",
        [folk.parent],
        "Too many people for two bedrooms",
        "On the list for a larger home, band B.",
        "Kevin Marsh; housing register",
    )
    t.note(
        folk.child.teacher,
        40,
        "strength",
        "fact",
        [folk.child],
        f"{folk.child.given} wins the reading prize",
        "Asked for books for the younger ones instead of a voucher.",
        "Class teacher",
    )
    t.work("CSC", folk.child, "Family help", "daniel", 50)


def image_shared(t: Telling) -> None:
    """Worrying: a picture passed round at school, and a child who does not come any more."""
    child = t.folk.child
    t.note(
        child.teacher,
        28,
        "school_concern",
        "fact",
        [child],
        "Picture passed round",
        "Telephones taken in, police told, parents met the same day.",
        "Safeguarding lead",
        key=True,
    )
    t.note(
        "hannah",
        27,
        "public_protection_notice",
        "fact",
        [child],
        "Picture of a child shared by pupils",
        "Taken down. No prosecution of children thought right. Support offered.",
        "Public protection notice",
    )
    t.note(
        "amina",
        11,
        "camhs_contact",
        "fact",
        [child],
        "Not eating, not sleeping",
        f"{child.given} says {child.they} cannot go back to that class.",
        "School nurse, with agreement",
        words="Everyone has seen me.",
    )
    t.note(
        child.teacher,
        7,
        "school_attendance",
        "fact",
        [child],
        "Nine days missed out of fifteen",
        f"{child.given} rings in without help.",
        REGISTER,
    )


def harassed(t: Telling) -> None:
    """Misleading: many calls to one address, where the family is not the cause but the victim."""
    folk = t.folk
    for ago, what in (
        (230, "Eggs thrown at the door"),
        (156, "Words painted on the wall"),
        (66, "Bicycle set on fire"),
    ):
        t.note(
            "dan",
            ago,
            "police_attendance",
            "fact",
            [folk.parent],
            what,
            "Hate crime. The family are the victims. Nobody seen.",
            "Crime report",
        )
    t.note(
        "kevin",
        60,
        "antisocial_behaviour",
        "fact",
        [folk.parent],
        "Third incident at this tenancy",
        "Counted against the address by the system. Corrected: the family did nothing.",
        "Kevin Marsh; case review",
    )
    t.note(
        folk.child.teacher,
        55,
        "child_account",
        "fact",
        [folk.child],
        f"{folk.child.given} will not walk home",
        "A teacher walks along until the crossing.",
        "Class teacher; written down the same day",
        words="I don’t mind if they don’t like me. I mind about my brother.",
    )


def kinship(t: Telling) -> None:
    """Harmless and tiring: a grandmother who brings up her grandchildren while their father is in prison."""
    child, grand = t.folk.child, t.folk.parent
    t.note(
        "grace",
        350,
        "looked_after",
        "fact",
        t.folk.children,
        "Special guardianship to the grandmother",
        "Father in prison, mother not traced.",
        "Court order",
    )
    t.note(
        "hannah",
        360,
        "offence",
        "fact",
        [t.folk.father or grand],
        "Sentence: four years",
        "Robbery. Not against the family.",
        "Court result",
    )
    t.note(
        child.teacher,
        42,
        "strength",
        "opinion",
        [child, grand],
        "Homework done at the kitchen table",
        "Grandmother comes to everything, and falls asleep at some of it.",
        "Class teacher",
    )
    t.note(
        "amina",
        33,
        "health_visit",
        "fact",
        [grand],
        "Grandmother tired; knee operation due",
        "Who will be with the children that week is not settled.",
        "Amina Yusuf; home visit",
    )


def too_close_to_kevin(t: Telling) -> None:
    """Nothing much: the page is closed to Kevin Marsh of Sharetown Homes, who is the children's uncle."""
    child, parent = t.folk.child, t.folk.parent
    t.note(
        "moira",
        500,
        "tenancy",
        "fact",
        [parent, child],
        "Tenancy begun",
        "Signed by the manager because the officer is a relative.",
        "Tenancy agreement",
    )
    t.note(
        child.teacher,
        58,
        "school_concern",
        "opinion",
        [child],
        f"{child.given} has gone quiet since the summer",
        "Parents have separated; both come to meetings.",
        "Form tutor",
    )
    t.note(
        "amina",
        41,
        "camhs_contact",
        "fact",
        [child],
        "Six talks with the school nurse",
        "Ended well.",
        "School nurse",
    )


def self_harm(t: Telling) -> None:
    """Worrying: a girl who hurts herself, in touch with three services that do not know of each other."""
    child, parent = t.folk.child, t.folk.parent
    t.note(
        child.teacher,
        53,
        "injury",
        "fact",
        [child],
        "Cuts on forearm seen in art",
        "Covered at once. Agreed to see the nurse.",
        "Art teacher; seen in person",
        key=True,
    )
    t.note(
        "amina",
        50,
        "camhs_contact",
        "fact",
        [child],
        "Referred to child mental health",
        "Waiting list: fourteen weeks.",
        "School nurse",
        words="It’s the only quiet bit.",
    )
    t.note(
        "bela",
        32,
        "voluntary_support",
        "fact",
        [child],
        "Uses the text line at night",
        "Eleven times in three weeks. Wants nobody told, but asked what would happen if somebody were.",
        "Text line log",
    )
    t.note(
        "meera",
        14,
        "ed_attendance",
        "fact",
        [child],
        "Tablets taken, then told",
        f"{parent.given} stayed throughout. Seen by the crisis team, home with a plan.",
        "Emergency department notes",
        at=time(1, 5),
        key=True,
    )


def not_in_school(t: Telling) -> None:
    """Worrying because nothing is known: taught at home, and seen by nobody since spring."""
    child, parent = t.folk.child, t.folk.parent
    t.note(
        child.teacher,
        236,
        "school_move",
        "fact",
        [child],
        "Taken off the roll to be taught at home",
        "A polite letter. No reason given.",
        "Letter from the parents",
    )
    t.note(
        "kevin",
        160,
        "home_conditions",
        "fact",
        [parent],
        "No answer at the annual check",
        "Third card left.",
        "Gas engineer",
    )
    t.note(
        "amina",
        141,
        "was_not_brought",
        "fact",
        [child],
        "Eye test missed",
        "Letter came back unopened.",
        CLINIC,
    )
    t.note(
        "bela",
        85,
        "strength",
        "reported",
        [parent],
        "Seen at the library with books on birds",
        "A volunteer thinks the boy was there too.",
        "Volunteer",
    )


def interpreter(t: Telling) -> None:
    """Misleading: a mother said to be unwilling, for whom nobody booked an interpreter."""
    child, parent = t.folk.child, t.folk.parent
    t.note(
        "daniel",
        99,
        "assessment",
        "opinion",
        [child, parent],
        "Mother did not engage",
        f"{child.given} interpreted. Short answers. Closed.",
        "Daniel Osei; case file",
    )
    t.note(
        "amina",
        73,
        "health_visit",
        "fact",
        [parent],
        "Long talk, with an interpreter",
        "Many questions, all sensible. She had understood nothing of the letters.",
        "Amina Yusuf; home visit",
    )
    t.note(
        child.teacher,
        36,
        "child_account",
        "fact",
        [child],
        f"{child.given} misses lessons to interpret",
        "At the GP, the bank and the housing office.",
        "Class teacher; written down the same day",
        words="I say the words but I don’t always know them.",
    )


def help_that_worked(t: Telling) -> None:
    """Harmless now: early help that did what it was for."""
    child, parent = t.folk.child, t.folk.parent
    t.note(
        child.teacher,
        300,
        "school_attendance",
        "fact",
        [child],
        "Attendance 71%",
        "Mostly Mondays.",
        REGISTER,
    )
    t.note(
        "daniel",
        270,
        "family_help_plan",
        "fact",
        [child, parent],
        "Family help plan begun",
        "Debt advice, a bus pass, a morning call.",
        "Daniel Osei; plan",
    )
    t.note(
        "daniel",
        92,
        "family_help_plan",
        "fact",
        [child, parent],
        "Plan ended: aims met",
        "Attendance 94%. Arrears paid off.",
        "Daniel Osei; plan",
    )
    t.note(
        "kevin",
        88,
        "tenancy",
        "fact",
        [parent],
        "Arrears cleared",
        "Payment plan kept for six months.",
        "Rent account",
    )
    t.work("CSC", child, "Family help", "daniel", 270, until=92, detail="Aims met")


def dog_bite(t: Telling) -> None:
    """Misleading: a wound on a child's face that looks like a blow, and was a neighbour's dog."""
    child, parent = t.folk.child, t.folk.parent
    t.note(
        child.teacher,
        46,
        "injury",
        "fact",
        [child],
        "Stitches on the cheek",
        "Said “I’m not allowed to say”.",
        "Class teacher; seen in person",
        words="I’m not allowed to say.",
    )
    t.note(
        "meera",
        48,
        "ed_attendance",
        "fact",
        [child],
        "Dog bite to cheek",
        "Clear tooth marks. Five stitches. Came within half an hour.",
        "Emergency department notes",
    )
    t.note(
        "dan",
        47,
        "police_attendance",
        "fact",
        [child, parent],
        "Dog out of control",
        "Owner is a neighbour. The family had asked the child not to talk about it before the court.",
        "Crime report",
    )


def living_with_friends(t: Telling) -> None:
    """Worrying: a boy of fifteen who lives with a friend's family, and nobody has told the council."""
    child, parent = t.folk.child, t.folk.parent
    t.note(
        child.teacher,
        37,
        "household_change",
        "reported",
        [child],
        "Gives another address for letters",
        "Says it is for now. Seven weeks.",
        "School office",
    )
    t.note(
        "kevin",
        49,
        "household_change",
        "fact",
        [parent],
        f"{parent.given} has given up the second bedroom",
        "Asked for a smaller home for one.",
        "Kevin Marsh; transfer form",
    )
    t.note(
        "amina",
        13,
        "child_account",
        "fact",
        [child],
        f"{child.given} asks who signs for a dentist",
        "At the drop-in. Well, clean, thin.",
        "School nurse; written down the same day",
        words="Nobody threw me out. There just wasn’t room for me and him.",
    )


Story = Callable[[Telling], None]
HARMLESS, WORRYING, MISLEADING = "harmless", "worrying", "misleading"
STORIES: dict[str, tuple[Story, str]] = {
    story.__name__: (story, sort)
    for sort, stories in {
        HARMLESS: (
            getting_on,
            supported_pregnancy,
            moved_in,
            bereavement,
            kinship,
            too_close_to_kevin,
            help_that_worked,
            adopted,
            brothers_and_sisters,
        ),
        WORRYING: (
            asthma,
            faltering_growth,
            cold_home,
            late_booking,
            missing,
            young_carer,
            drinking,
            exploitation,
            refuge,
            small_things,
            unheard,
            image_shared,
            self_harm,
            not_in_school,
            living_with_friends,
        ),
        MISLEADING: (blue_mark, left_alone, twins, many_attendances, harassed, interpreter, dog_bite),
    }.items()
    for story in stories
}
