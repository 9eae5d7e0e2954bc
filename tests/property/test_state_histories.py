"""Whatever is tried in whatever order: each change is allowed by the table, explained by what happened, and logged.

Random sequences of acts, possible and impossible, by those who may and those who must not, at random times. An
act either does all of it or raises a `JigsawError` and does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.chronology.models import Release
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries.models import Enquiry, ThresholdDecision
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests.models import Recipient
from jigsaw.hub.jobs import escalate_overdue_requests
from jigsaw.hub.kit.errors import JigsawError
from jigsaw.hub.people.models import Grant
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals.models import Referral
from people_in_tests import Town
from practice_in_tests import ADVISED, Practice, share, withhold

EXAMPLES = 40
WHO = ("amina", "tom", "grace", "hannah", "nia")
quick = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def tried(act: Callable[[], object]) -> bool:
    """Was it done? Anything but a refusal in words is a fault."""
    try:
        with transaction.atomic():
            act()
    except JigsawError as refused:
        assert str(refused.words)
        return False
    return True


# --- one request -----------------------------------------------------------------------------------------------------

who = st.sampled_from(WHO)
on_a_request = st.one_of(
    st.tuples(st.sampled_from(["opened", "claim", "answer", "withhold", "nothing", "look_again"]), who),
    st.tuples(st.just("hand_over"), who, who),
    st.tuples(st.just("extend"), who, st.integers(-2, 72)),
    st.tuples(st.sampled_from(["chase", "ask_again"]), st.sampled_from(["grace", "amina", "nia"])),
    st.tuples(st.just("escalate")),
)


class RequestStory:
    """Plays acts on a request to the health visitors, who hold one item about Katie."""

    def __init__(self, practice: Practice) -> None:
        self.practice, self.town = practice, practice.town
        self.entry = practice.write(self.town.amina, practice.hold(self.town.amina))
        self.recipient = practice.asked()

    def actor(self, name: str) -> Any:
        return getattr(self.town, name)

    def row(self) -> Recipient:
        return Recipient.objects.select_related("request__enquiry").get(pk=self.recipient.pk)

    def do(self, act: str, *parts: Any) -> None:
        now = self.practice.now
        if act == "escalate":
            escalate_overdue_requests.run(now)
            return
        actor = self.actor(parts[0])
        if act in ("opened", "claim", "look_again"):
            getattr(requests, act)(actor=actor, recipient=self.row(), now=now)
        elif act == "hand_over":
            to = self.actor(parts[1]).practitioner_id
            requests.hand_over(actor=actor, recipient=self.row(), to=to, words="Away.", now=now)
        elif act == "extend":
            until = now + timedelta(hours=parts[1])
            requests.extend(actor=actor, recipient=self.row(), until=until, words="Waiting.", now=now)
        elif act == "chase":
            requests.chase(actor=actor, recipient=self.row(), words="Please.", now=now)
        elif act == "ask_again":
            requests.ask_again(actor=actor, recipient=self.row(), new_information="New.", now=now)
        else:
            choices = {"answer": [share(self.entry)], "withhold": [withhold(self.entry)], "nothing": []}[act]
            self.practice.answer(self.row(), *choices, actor=actor, grounds=ADVISED)

    def all_there_is(self) -> tuple[Any, ...]:
        """Everything about the request that an act could change, but for the log."""
        fixed = Recipient.objects.filter(pk=self.recipient.pk).values_list().get()
        return (
            fixed,
            tuple(self.recipient.events.values_list()),
            tuple(self.recipient.answers.values_list("pk", "round")),
            tuple(Release.objects.order_by("pk").values_list("pk", "ends_at")),
        )

    def check(self) -> None:
        """What must hold after every act."""
        row = self.row()
        assert (row.answered_at is not None) == (row.state == "answered")
        assert (row.escalated_at is None) == (row.escalated_to_id is None)
        answered = row.round if row.state == "answered" else row.round - 1
        assert list(row.answers.values_list("round", flat=True)) == list(range(1, answered + 1))
        assert self.told_by_events() == (row.state, row.round, row.due_at, row.escalated_at is not None)
        live = Release.objects.filter(entry=self.entry, ends_at=None, to_agency=self.town.front_door)
        last = row.answers.order_by("round").last()
        shared = bool(last) and last.items.filter(choice="share").exists()
        assert live.count() == int(shared), "what is seen is what the latest answer shared"

    def told_by_events(self) -> tuple[str, int, Any, bool]:
        """State, round, due time and whether it was escalated, as the history alone tells them."""
        state, number, due, escalated = "", 0, None, False
        for event in self.recipient.events.order_by("id"):
            match event.kind:
                case "sent" | "asked_again":
                    state, number, due, escalated = "sent", number + 1, event.due_after, False
                case "opened" | "answered":
                    state = event.kind
                case "claimed" | "handed_over":
                    state = "claimed"
                case "look_again":
                    state, number, due, escalated = "claimed", number + 1, event.due_after, False
                case "extended":
                    assert event.due_before == due and event.note
                    due = event.due_after
                case "escalated":
                    assert not escalated, "once a round"
                    escalated = True
                case _:
                    assert event.kind == "chased"
        return state, number, due, escalated


def test_a_request_is_what_its_history_says(town: Town) -> None:
    @quick
    @given(st.lists(st.tuples(on_a_request, st.integers(0, 6)), min_size=4, max_size=18))
    def holds(acts: list[tuple[tuple[Any, ...], int]]) -> None:
        with undone():
            story = RequestStory(Practice(town))
            for act, hours in acts:
                story.practice.now += timedelta(hours=hours)
                before, logged = story.all_there_is(), AuditEntry.objects.count()
                done = tried(lambda act=act: story.do(*act))
                changed = story.all_there_is() != before
                assert done or not changed, f"{act} was refused and still did something"
                assert (AuditEntry.objects.count() > logged) == changed, f"{act} and its entry in the log"
                story.check()
                if done and act[0] == "claim":
                    row = story.row()
                    assert (row.state, row.holder_id) == ("claimed", story.actor(act[1]).practitioner_id)

    holds()


# --- a concern and its enquiry -----------------------------------------------------------------------------------------

on_a_concern = st.one_of(
    st.tuples(st.just("rate"), who, st.sampled_from(["red", "green", "purple"])),
    st.tuples(st.sampled_from(["close_with_advice", "open_enquiry", "close", "feedback"]), who),
    st.tuples(st.just("change_rating"), who, st.sampled_from(["red", "amber"])),
    st.tuples(st.just("decide"), who, st.sampled_from(["1", "4", "9"])),
    # More often by those who may: the story moves on.
    st.tuples(st.sampled_from(["open_enquiry", "close", "feedback", "ask", "answer"]), st.just("grace")),
    st.tuples(st.sampled_from(["close_with_advice", "feedback", "close"]), st.just("grace")),
    st.tuples(st.just("rate"), st.just("grace"), st.just("red")),
    st.tuples(st.just("decide"), st.just("grace"), st.just("4")),
)


class ConcernStory:
    """Plays acts on Katie's concern and on the enquiry that may come of it."""

    def __init__(self, practice: Practice) -> None:
        self.practice, self.town = practice, practice.town
        self.pk = practice.raised().pk

    def referral(self) -> Referral:
        return Referral.objects.get(pk=self.pk)

    def enquiry(self) -> Enquiry:
        """The enquiry, or one that is not there: acts on it are then refused like any other."""
        found = Enquiry.objects.select_related("referral").filter(referral=self.pk).first()
        if found is None:
            raise JigsawError("There is no enquiry yet.")
        return found

    def do(self, act: str, name: str, *parts: Any) -> None:
        actor, now = getattr(self.town, name), self.practice.now
        match act:
            case "rate":
                code = parts[0]
                referrals.rate(actor=actor, referral=self.referral(), code=code, reason="So.", now=now)
            case "close_with_advice":
                referrals.close_with_advice(
                    actor=actor, referral=self.referral(), outcome="advice", reasons="No need.",
                    advice="Talk to them.", relevant="no", now=now,
                )  # fmt: skip
            case "open_enquiry":
                enquiries.open_enquiry(actor=actor, referral=self.referral(), purpose="s47", now=now)
            case "change_rating":
                enquiries.change_rating(
                    actor=actor, enquiry=self.enquiry(), code=parts[0], reason="New.", now=now
                )
            case "decide":
                self.practice.decided(self.enquiry(), actor=actor, level=parts[0])
            case "close":
                enquiries.close(actor=actor, enquiry=self.enquiry(), now=now)
            case "ask":
                self.practice.asked(self.enquiry())
            case "answer":
                self.practice.answer(self.waiting())
            case "feedback":
                self.practice.told(self.owed(), actor=actor)

    def waiting(self) -> Recipient:
        found = Recipient.objects.filter(request__enquiry__referral=self.pk).exclude(state="answered").first()
        if found is None:
            raise JigsawError("Nobody is asked.")
        return found

    def owed(self) -> Any:
        found = self.referral().feedback.filter(given_at=None).first()
        if found is None:
            raise JigsawError("Nobody is owed anything.")
        return found

    def all_there_is(self) -> tuple[Any, ...]:
        return (
            tuple(Referral.objects.filter(pk=self.pk).values_list()),
            tuple(Enquiry.objects.filter(referral=self.pk).values_list()),
            tuple(ThresholdDecision.objects.filter(enquiry__referral=self.pk).values_list()),
            tuple(self.referral().ratings.values_list()),
            tuple(self.referral().feedback.order_by("pk").values_list()),
            tuple(Recipient.objects.order_by("pk").values_list()),
            tuple(Grant.objects.order_by("pk").values_list("pk", "ends_at")),
        )

    def check(self) -> None:
        referral = self.referral()
        enquiry = Enquiry.objects.filter(referral=self.pk).first()
        log = AuditEntry.objects.filter(thing=f"referral {self.pk}")
        assert (referral.state == "received") == (not referral.ratings.exists())
        assert (referral.state == "enquiry") == (enquiry is not None)
        assert (referral.state == "closed") == (referral.closing_id is not None)
        assert log.filter(action="referral.rated").count() == referral.ratings.count()
        assert all(rating.reason and rating.due_at > rating.given_at - timedelta(days=60) for rating in referral.ratings.all())  # fmt: skip
        references = [referral.reference]
        if enquiry:
            references.append(enquiry.reference)
            decided = list(enquiry.thresholds.all())
            assert (enquiry.state == "open") == (not decided)
            assert (enquiry.state == "closed") == (enquiry.closed_at is not None)
            pairs = zip([None, *decided], decided, strict=False)
            assert all(
                later.decision.supersedes_id == (earlier and earlier.decision_id) for earlier, later in pairs
            )
        over = referral.state == "closed" or (enquiry is not None and enquiry.closed_at is not None)
        live = Grant.objects.filter(reference__in=references, ends_at=None)
        released = Release.objects.filter(reference__in=references, ends_at=None)
        assert live.exists() != over, "lent for as long as it is open, and not longer"
        assert not (over and released.exists())
        assert not (over and referral.feedback.filter(given_at=None).exists()), "nobody is forgotten"


def test_a_concern_and_its_enquiry_keep_their_promises(town: Town) -> None:
    seen: set[str] = set()

    @quick
    @given(st.lists(on_a_concern, min_size=10, max_size=30))
    def holds(acts: list[tuple[Any, ...]]) -> None:
        with undone():
            story = ConcernStory(Practice(town))
            for act in acts:
                story.practice.now += timedelta(minutes=1)
                before, logged = story.all_there_is(), AuditEntry.objects.count()
                done = tried(lambda act=act: story.do(*act))
                changed = story.all_there_is() != before
                assert done or not changed, f"{act} was refused and still did something"
                assert (AuditEntry.objects.count() > logged) == changed, f"{act} and its entry in the log"
                story.check()
                seen.add(story.referral().state)
                seen.update(Enquiry.objects.filter(referral=story.pk).values_list("state", flat=True))

    holds()
    assert seen == {"received", "screening", "enquiry", "closed", "open", "decided"}, (
        "every state was reached"
    )
