"""How often is a child known to another hub found by a private question, how often is it the wrong one, at what cost?

Two hubs share an invented region. Every child known to both has other records in either, with the slips of their
sources; some children are known to the asking hub alone, though their twin or their brothers and sisters may be
known to the other. Each child of the asking hub is asked about once, with one record.

What agrees is counted on the combinations themselves: masking maps each to one token and never two to the same
(checked here on some questions with both keys), so the counts are those of tokens. What a question costs is timed
through the real operation that answers a letter, on a real database. `jigsaw bench ask`.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from jigsaw.record_linkage import Record
from jigsaw.record_linkage import private_question as private
from jigsaw.record_linkage.invented import Person, RawRecord, families, sources
from jigsaw.record_linkage.private_question import Answer, Combination, Context, MaskingKey, Thresholds

HERE, THERE = "SHARETOWN", "NORTHVALE"
ONLY_THERE = 0.3  # of the asking hub's children are not known to the other hub
THRESHOLDS = ((1, 1), (2, 2), (3, 2), (3, 3), (4, 2), (4, 3), (5, 3))
CHECKED_WITH_KEYS = 40
Progress = Callable[[str], None]
Index = dict[Combination, set[int]]


@dataclass
class Asked:
    """One question: what it asks with, about whom, and whether the hub asked knows them (or only their family)."""

    person: int
    combos: tuple[Combination, ...]
    known: bool
    family: str  # "twin", "sibling" or "stranger": who of the home the hub asked knows
    with_number: bool


@dataclass
class Region:
    """What the hub asked has filed, and what it is asked."""

    filed: dict[int, tuple[Combination, ...]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    too_little_known: int = 0


def region(persons: int, seed: int) -> Region:
    """Split an invented population between two hubs; the same for the same arguments."""
    dice, made = random.Random(seed), Region()
    homes: dict[int, list[tuple[Person, list[Record]]]] = defaultdict(list)
    people = list(families(persons, seed))
    records: dict[int, list[Record]] = defaultdict(list)
    for raw in sources(people, seed):
        records[raw.person_id].append(_record(raw))
    for person in people:
        if person.child and not person.unborn and records[person.person_id]:
            homes[person.household_id].append((person, records[person.person_id]))
    for home in homes.values():
        _split(home, made, dice)
    return made


def _record(raw: RawRecord) -> Record:
    return raw.record()


def _split(home: Sequence[tuple[Person, list[Record]]], made: Region, dice: random.Random) -> None:
    """One record of each child asks; the others are filed, unless the child is known to the asking hub alone."""
    here: set[int] = set()
    asking: list[tuple[Person, Record]] = []
    for person, held in home:
        held = dice.sample(held, len(held))
        if dice.random() < ONLY_THERE:
            asking.append((person, held[0]))
        elif len(held) == 1:
            made.filed[person.person_id] = private.to_file(held)
            here.add(person.person_id)
        else:
            made.filed[person.person_id] = private.to_file(held[1:])
            here.add(person.person_id)
            asking.append((person, held[0]))
    for person, record in asking:
        if combos := private.to_ask([record]):
            number = any(c.kind == "nhs" for c in combos)
            known = person.person_id in here
            made.asked.append(Asked(person.person_id, combos, known, _family(person, home, here), number))
        else:
            made.too_little_known += 1


def _family(person: Person, home: Iterable[tuple[Person, list[Record]]], here: set[int]) -> str:
    others = [other for other, _held in home if other.person_id in here - {person.person_id}]
    if any(other.twin_of == person.person_id or person.twin_of == other.person_id for other in others):
        return "twin"
    return "sibling" if others else "stranger"


def index_of(filed: dict[int, tuple[Combination, ...]]) -> Index:
    index: Index = defaultdict(set)
    for person, combos in filed.items():
        for combination in combos:
            index[combination].add(person)
    return index


def kinds_by_person(asked: Asked, index: Index) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for combination in asked.combos:
        for person in index.get(combination, ()):
            found[person].add(combination.kind)
    return found


# --- Accuracy ------------------------------------------------------------------------------------------------


def accuracy(made: Region, *, numbers: bool) -> dict[str, Any]:
    """By thresholds: shares of known children answered yes and ask, and of others wrongly; with or without numbers."""
    index = index_of(made.filed)
    found = [(asked, _without_numbers(kinds_by_person(asked, index), numbers)) for asked in made.asked]
    return {f"{yes}/{ask}": _at(found, yes, ask) for yes, ask in THRESHOLDS}


def _without_numbers(found: dict[int, set[str]], numbers: bool) -> dict[int, set[str]]:
    if numbers:
        return found
    return {person: kinds - {"nhs", "upn"} for person, kinds in found.items()}


def _at(found: Sequence[tuple[Asked, dict[int, set[str]]]], yes: int, ask: int) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    for asked, kinds in found:
        answers = {person: _answer(agreeing, yes, ask) for person, agreeing in kinds.items()}
        best = next((a for a in (Answer.YES, Answer.ASK) if a in answers.values()), Answer.NO)
        group = "known" if asked.known else asked.family
        counts[f"{group} asked"] += 1
        counts[f"{group} {best.value}"] += 1
        if best is not Answer.NO:
            right = asked.known and answers.get(asked.person) is best
            counts[f"{best.value} right" if right else f"{best.value} wrong"] += 1
    told = {"recall yes": _share(counts, "known yes", "known asked")}
    counts["known either"] = counts["known yes"] + counts["known ask"]
    told["recall yes or ask"] = _share(counts, "known either", "known asked")
    for group in ("stranger", "sibling", "twin"):
        told[f"{group}: yes"] = _share(counts, f"{group} yes", f"{group} asked")
        counts[f"{group} either"] = counts[f"{group} yes"] + counts[f"{group} ask"]
        told[f"{group}: yes or ask"] = _share(counts, f"{group} either", f"{group} asked")
        told[f"{group}s asked about"] = counts[f"{group} asked"]
    for answer in ("yes", "ask"):
        all_ = counts[f"{answer} right"] + counts[f"{answer} wrong"]
        told[f"precision of {answer}"] = round(counts[f"{answer} right"] / all_, 4) if all_ else None
    return told | {"known asked about": counts["known asked"]}


def _answer(kinds: set[str], yes: int, ask: int) -> Answer:
    """As `private.answer`, but with thresholds that the product refuses as well (a single combination)."""
    if kinds & private.STRONG or len(kinds) >= yes:
        return Answer.YES
    return Answer.ASK if len(kinds) >= ask else Answer.NO


def _share(counts: Counter[str], part: str, whole: str) -> float:
    return round(counts[part] / counts[whole], 4) if counts[whole] else 0.0


def alone(made: Region) -> dict[str, dict[str, float]]:
    """What each kind is worth alone: how often it agrees for a known child, and for one who is not known."""
    index, counts = index_of(made.filed), Counter()
    for asked in made.asked:
        found = kinds_by_person(asked, index)
        group = "known" if asked.known else "unknown"
        counts[group] += 1
        own = found.get(asked.person, set())
        others = set().union(*(kinds for person, kinds in found.items() if person != asked.person))
        counts.update(f"{kind} own" for kind in own if asked.known)
        counts.update(f"{kind} other {group}" for kind in others)
    return {
        kind: {
            "agrees for a known child": _share(counts, f"{kind} own", "known"),
            "agrees for a child not known": _share(counts, f"{kind} other unknown", "unknown"),
        }
        for kind in private.KINDS
    }


def same_with_keys(made: Region, dice: random.Random) -> int:
    """How many of some questions match the same persons and kinds by tokens under both keys as by combinations."""
    theirs, ours, context = MaskingKey.fresh(), MaskingKey.fresh(), Context(THERE, HERE, 1)
    some = dice.sample(made.asked, min(CHECKED_WITH_KEYS, len(made.asked)))
    near = {asked.person for asked in some} | set(dice.sample(sorted(made.filed), 60))
    filed = {person: combos for person, combos in made.filed.items() if person in near}
    by_token: dict[UUID, set[tuple[int, str]]] = defaultdict(set)
    for person, combos in filed.items():
        for c in combos:
            masked = theirs.mask(ours.mask(private.point_of(c, context)))
            by_token[private.token(masked)].add((person, c.kind))
    index, same = index_of(filed), 0
    for asked in some:
        tokens = [private.token(ours.mask(theirs.mask(private.point_of(c, context)))) for c in asked.combos]
        by_keys = {hit for token in tokens for hit in by_token.get(token, ())}
        plain = {(person, kind) for person, kinds in kinds_by_person(asked, index).items() for kind in kinds}
        same += by_keys == plain
    return same


# --- Cost ----------------------------------------------------------------------------------------------------


def primitives(made: Region) -> dict[str, float]:
    """Microseconds for hashing one combination to the curve and for masking one point; medians of five rounds."""
    combos = [c for asked in made.asked[:200] for c in asked.combos][:1000]
    context, key = Context(THERE, HERE, 1), MaskingKey.fresh()
    points = [private.point_of(c, context) for c in combos]
    return {
        "hash to the curve": _microseconds(
            lambda: [private.point_of(c, context) for c in combos], len(combos)
        ),
        "mask": _microseconds(lambda: [key.mask(point) for point in points], len(points)),
    }


def _microseconds(work: Callable[[], object], each: int) -> float:
    took = []
    for _round in range(5):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) / each * 1e6)
    return round(statistics.median(took), 1)


def enumeration(made: Region, cost: dict[str, float], *, questions_a_day: int) -> dict[str, float]:
    """What trying out every pair of sounds with every birthday of eighteen years would take."""
    pairs = {
        c.text.split("|")[0] for combos in made.filed.values() for c in combos if c.kind == "names+birthday"
    }
    firsts = {pair.split("+")[0] for pair in pairs}
    seconds = {pair.split("+")[1] for pair in pairs}
    guesses = len(firsts) * len(seconds) * 18 * 365
    each = (cost["hash to the curve"] + 2 * cost["mask"]) / 1e6
    return {
        "first sounds": len(firsts),
        "family sounds": len(seconds),
        "names and birthdays": guesses,
        "years by asking, one kind a guess": round(guesses / private.MOST_ASKED / questions_a_day / 365),
        "core-hours with both keys stolen": round(guesses * each / 3600),
        "core-hours with both keys for a list of a million children": round(1e6 * 12 * each / 3600, 1),
    }


def answering(made: Region, *, questions: int, progress: Progress) -> dict[str, Any]:
    """Milliseconds to answer a letter by the real operation on a database of its own, without the fixed wait."""
    from jigsaw.hub.kit import prepare

    with prepare.fresh_database("jigsaw_bench_ask"):
        return _Answering(made, progress).timed(questions)


class _Answering:
    """The hub asked, in a database of its own, with everybody of the region filed under two keys."""

    def __init__(self, made: Region, progress: Progress) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from django.utils import timezone

        from jigsaw.hub.partner_hubs import keys
        from jigsaw.hub.partner_hubs.models import OurHub, PartnerHub

        self.made, self.now, self.progress = made, timezone.now(), progress
        self.signing, self.theirs, self.ours = (
            Ed25519PrivateKey.generate(),
            MaskingKey.fresh(),
            MaskingKey.fresh(),
        )
        OurHub.objects.create(code=HERE, address="https://hub.sharetown.example")
        self.partner = PartnerHub.objects.create(
            code=THERE, name="Northvale", address="https://hub.northvale.example", front_door_phone="01632 960 200",
            public_key=self.signing.public_key().public_bytes_raw(), questions_a_day=10**6, practitioner_a_day=10**6,
            added_at=self.now,
        )  # fmt: skip
        sealed = keys.seal(self.ours, partner=self.partner.pk, direction=keys.ANSWERING, epoch=1)
        self.key = self.partner.answering_keys.create(
            epoch=1, sealed=sealed, made_at=self.now, complete_at=self.now
        )
        self.context = Context(THERE, HERE, 1)

    def timed(self, questions: int) -> dict[str, Any]:
        began = time.perf_counter()
        tokens = self._file()
        filing = time.perf_counter() - began
        took: dict[str, list[float]] = defaultdict(list)
        for asked in random.Random(1).sample(self.made.asked, min(questions, len(self.made.asked))):
            answer, seconds = self._ask(asked)
            took[answer].append(seconds * 1000)
        every = sorted(ms for some in took.values() for ms in some)
        return {
            "children filed": len(self.made.filed),
            "tokens filed": tokens,
            "filing, seconds": round(filing, 1),
            "questions": len(every),
            "median ms": round(statistics.median(every), 2),
            "p95 ms": round(every[int(len(every) * 0.95)], 2),
            "most ms": round(every[-1], 2),
            "median ms by answer": {
                name: round(statistics.median(ms), 2) for name, ms in sorted(took.items())
            },
        }

    def _file(self) -> int:
        from jigsaw.hub.kit.ids import uuid7
        from jigsaw.hub.partner_hubs.models import FiledPerson, FiledToken
        from jigsaw.hub.people.models import Person as HubPerson

        masked: dict[Combination, UUID] = {}
        total, ids = 0, {number: uuid7() for number in self.made.filed}
        HubPerson.objects.bulk_create((HubPerson(pk=pk) for pk in ids.values()), batch_size=5000)
        everybody = list(self.made.filed.items())
        for at in range(0, len(everybody), 1000):
            some = everybody[at : at + 1000]
            rows = FiledPerson.objects.bulk_create(
                FiledPerson(key=self.key, person_id=ids[number], made_from="", round=1)
                for number, _combos in some
            )
            tokens = [
                FiledToken(filed=row, key=self.key, token=self._token(c, masked), kind=c.kind)
                for row, (_number, combos) in zip(rows, some, strict=True)
                for c in combos
            ]
            FiledToken.objects.bulk_create(tokens, batch_size=5000)
            total += len(tokens)
            self.progress(f"{at + len(some):,} of {len(everybody):,} children filed")
        return total

    def _token(self, c: Combination, masked: dict[Combination, UUID]) -> UUID:
        if c not in masked:
            point = private.point_of(c, self.context)
            masked[c] = private.token(self.theirs.mask(self.ours.mask(point)))
        return masked[c]

    def _ask(self, asked: Asked) -> tuple[str, float]:
        from jigsaw.hub.partner_hubs import answering, filing, keys, letters

        points = [private.point_of(c, self.context) for c in asked.combos]
        points += [private.padding_point() for _ in range(private.MOST_ASKED - len(points))]
        body = {
            "epoch": 1,
            "points": filing.text_of(self.theirs.mask(point) for point in points),
            "purpose": "screening",
            "asker": {"practitioner": "one", "job_title": "Social worker", "agency": "Northvale"},
        }
        text = letters.write(self.signing, from_=THERE, to=HERE, kind=letters.ASK, body=body, now=self.now)
        began = time.perf_counter()
        reply = answering.take(text, now=self.now)
        took = time.perf_counter() - began
        public = keys.signing().public_key().public_bytes_raw()
        said = letters.read(reply.text, public_key=public, from_=HERE, to=THERE, now=self.now).body
        return str(said.get("answer", said.get("why"))), took


def run(
    *, persons: int, questions: int, seed: int = 1, progress: Progress = lambda words: None
) -> dict[str, Any]:
    """Everything above for one seeded region; `persons` counts adults too."""
    progress(f"Inventing {persons:,} people and what agencies write about them …")
    made = region(persons, seed)
    if not (made.filed and made.asked):
        raise ValueError("Too few people: there is nobody to ask about.")
    per_person = [len(combos) for combos in made.filed.values()]
    per_question = [len(asked.combos) for asked in made.asked]
    cost = primitives(made)
    checked = min(CHECKED_WITH_KEYS, len(made.asked))
    standard = Thresholds()
    return {
        "people": persons,
        "seed": seed,
        "children filed": len(made.filed),
        "questions counted": len(made.asked),
        "children of whom too little was known to ask": made.too_little_known,
        "combinations of a child filed, mean": round(statistics.mean(per_person), 1),
        "combinations of a question, mean": round(statistics.mean(per_question), 1),
        "standard thresholds": f"{standard.yes_at}/{standard.ask_at}",
        "with numbers": accuracy(made, numbers=True),
        "without NHS number and UPN": accuracy(made, numbers=False),
        "each kind alone": alone(made),
        "same by tokens as by combinations": f"{same_with_keys(made, random.Random(seed))} of {checked} questions",
        "microseconds": cost,
        "enumeration": enumeration(made, cost, questions_a_day=200),
        "answering": answering(made, questions=questions, progress=progress),
    }
