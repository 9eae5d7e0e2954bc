"""Tables of plans, settings, attendances and alerts. A plan hangs on the record that its authority holds, so that unlinking takes it along."""

from django.db import models
from django.db.models import F, Q

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.unscheduled_care.kinds import Closed, PlanKind
from jigsaw.hub.unscheduled_care.states import AlertState


class Plan(models.Model):
    """That there is a plan: its kind, dates and authority, and nothing of what it says.

    Both dates are inclusive. For an unborn child the record is the mother's. A row is never changed but to end it:
    a correction is a new row, and the old one says which took its place.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    record = models.ForeignKey("people.PersonRecord", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey("agencies.Authority", on_delete=models.PROTECT, related_name="+")
    kind = fields.CharField(max_length=20, choices=PlanKind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    expected_on = models.DateField(null=True)
    # Of a file: which system says so, and under what name.
    system = fields.CharField(max_length=40, blank=True)
    source_key = fields.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    closed_as = fields.CharField(max_length=10, blank=True, choices=Closed.choices)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = fields.TextField(blank=True)
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaces")

    class Meta:
        ordering = ["-starts_on", "-recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="a_plan_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(closed_as="", closed_at=None, replaced_by=None)
                | (~Q(closed_as="") & Q(closed_at__isnull=False)),
                name="a_plan_is_closed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(expected_on=None) | Q(kind=PlanKind.UNBORN), name="only_the_unborn_are_expected"
            ),
            models.UniqueConstraint(
                fields=["agency", "system", "source_key"],
                condition=Q(closed_as="") & ~Q(source_key=""),
                name="one_plan_a_source_key",
            ),
        ]
        indexes = [
            models.Index(fields=["record"], condition=Q(closed_as=""), name="plans_that_stand"),
            models.Index(fields=["agency", "-starts_on"], condition=Q(closed_as=""), name="plans_of_agency"),
            models.Index(fields=["-recorded_at"], condition=Q(closed_as=""), name="plans_by_age"),
        ]


class Setting(models.Model):
    """A setting of unscheduled care of an agency, and by what its system’s messages are known to be its own."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    code = fields.CharField(max_length=30, unique=True)
    name = fields.CharField(max_length=160)
    ods_code = fields.CharField(max_length=8)
    # MSH-4 of its messages; empty: any. Messages over MLLP come from one of these addresses.
    facility = fields.CharField(max_length=80, blank=True)
    addresses = fields.ArrayField(fields.CharField(max_length=45), default=list, blank=True)
    # SHA-256 of what its messages over HTTP carry; empty: none come that way.
    secret_hash = fields.CharField(max_length=64, blank=True)
    # Whether its system may, with that secret, also look for a practitioner who stands at it.
    may_look = models.BooleanField(default=False)
    # Who works on messages that cannot be used.
    worked_on_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]


class Delivery(models.Model):
    """What a setting sent, byte for byte, kept before it was answered. The same again is counted, not kept twice."""

    # To be worked on; worked on; waiting for a person; dealt with by one.
    KEPT, TAKEN, WAITING, HANDLED = "kept", "taken", "waiting", "handled"

    id = models.UUIDField(primary_key=True, default=uuid7)
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    way = fields.CharField(max_length=10)
    content = models.BinaryField()
    digest = fields.CharField(max_length=64)
    received_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    answer = fields.CharField(max_length=2)
    # [code, words] of what was wrong.
    problems = fields.JSONField(default=list)
    state = fields.CharField(max_length=8)
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    what_was_done = fields.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["setting", "digest"], name="a_delivery_is_kept_once"),
            models.CheckConstraint(
                condition=~Q(state="handled") | (Q(handled_at__isnull=False) & ~Q(what_was_done="")),
                name="a_delivery_is_handled_by_doing_something",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "received_at"], condition=Q(state="waiting"), name="deliveries_waiting"
            ),
            models.Index(fields=["received_at"], name="deliveries_by_age"),
            models.Index(
                fields=["setting", "received_at"], condition=Q(state="kept"), name="deliveries_to_work_on"
            ),
        ]


class DeliveryKey(models.Model):
    """By what a delivery and others could be about one visit or one patient: a digest of the sender’s own numbers."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="keys")
    setting = models.ForeignKey(Setting, on_delete=models.CASCADE, related_name="+")
    key = fields.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["setting", "key", "id"], name="deliveries_by_key")]


class Attendance(models.Model):
    """One true attendance, as all messages of it together tell, and whether somebody with a plan is meant."""

    NOBODY, CERTAIN, ASK, SAME, OTHER = "nobody", "certain", "ask", "same", "other"

    id = models.UUIDField(primary_key=True, default=uuid7)
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    key = fields.CharField(max_length=64)
    visit = fields.CharField(max_length=80, blank=True)
    status = fields.CharField(max_length=10)
    unscheduled = models.BooleanField(null=True)
    arrived_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    ods_code = fields.CharField(max_length=8, blank=True)
    # As the setting tells it: number, names, day of birth, postcode; and whether it says that the number is verified.
    told = fields.JSONField(default=dict)
    match = fields.CharField(max_length=8, default=NOBODY)
    # Whether somebody with a plan is to be sought by name, and when that was last done.
    to_seek = models.BooleanField(default=False)
    sought_at = models.DateTimeField(null=True)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["setting", "key"], name="one_attendance_a_visit"),
            models.CheckConstraint(
                condition=~Q(match__in=["certain", "same"]) | Q(person__isnull=False),
                name="a_match_is_of_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["agency"], condition=Q(match="ask"), name="attendances_to_match"),
            models.Index(
                fields=["setting", "sought_at", "changed_at"],
                condition=Q(to_seek=True),
                name="attendances_to_seek",
            ),
        ]


class Alert(models.Model):
    """An authority is told that a child of one of its plans is, or was looked up, at a setting."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    reference = fields.CharField(max_length=20, unique=True)
    record = models.ForeignKey("people.PersonRecord", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    state = fields.CharField(max_length=10, choices=AlertState.choices, default=AlertState.SENT)
    received_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    acted_at = models.DateTimeField(null=True)
    acted_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    what_was_done = fields.TextField(blank=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="acted_on") | (Q(acted_at__isnull=False) & ~Q(what_was_done="")),
                name="acting_on_an_alert_is_doing_something",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "-told_at"], name="alerts_of_agency"),
            models.Index(
                fields=["told_at"],
                condition=Q(state__in=["sent", "received"], escalated_at=None),
                name="alerts_to_escalate",
            ),
        ]


class Access(models.Model):
    """Somebody with a plan came to a setting, or was looked up there: when, by whom, and whether unplanned."""

    LOOKED, CAME = "looked", "came"

    id = models.UUIDField(primary_key=True, default=uuid7)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey("people.PersonRecord", on_delete=models.PROTECT, related_name="+")
    # Where the care was planned nobody is told.
    alert = models.ForeignKey(Alert, null=True, on_delete=models.PROTECT, related_name="accesses")
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    how = fields.CharField(max_length=6)
    unscheduled = models.BooleanField()
    at = models.DateTimeField()
    practitioner = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    role = fields.CharField(max_length=120, blank=True)
    attendance = models.ForeignKey(Attendance, null=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unscheduled=True, alert__isnull=False) | Q(unscheduled=False, alert=None),
                name="of_unplanned_care_somebody_is_told",
            ),
            models.UniqueConstraint(
                fields=["attendance", "plan"],
                condition=Q(cancelled_at=None),
                name="an_attendance_counts_once",
            ),
        ]
        indexes = [
            models.Index(fields=["record", "-at"], name="accesses_of_record"),
            models.Index(
                fields=["practitioner", "-at"], condition=Q(how="looked"), name="looks_of_practitioner"
            ),
        ]


class AlertHook(models.Model):
    """Where an authority's own system is told that there is a new alert, and the secret that is signed with, sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    agency = models.OneToOneField("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    address = fields.CharField(max_length=300)
    sealed_secret = models.BinaryField()
    active = models.BooleanField(default=True)
    # Alerts before this moment are not told: it was set up, or switched on again, then.
    since = models.DateTimeField()

    class Meta:
        ordering = ["agency__name"]


class AlertPush(models.Model):
    """One thing to tell such a system, and what became of it. Its id goes along, so that the same twice counts once."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    hook = models.ForeignKey(AlertHook, on_delete=models.CASCADE, related_name="pushes")
    # None: a trial.
    alert = models.ForeignKey(Alert, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    # What came of the last try, by its code in `hooks.SAID`.
    said = fields.CharField(max_length=20, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hook", "alert"], condition=Q(alert__isnull=False), name="an_alert_is_pushed_once"
            ),
            models.CheckConstraint(
                condition=Q(delivered_at=None) | Q(given_up_at=None), name="a_push_is_over_in_one_way"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(delivered_at=None, given_up_at=None), name="pushes_due"
            ),
        ]
