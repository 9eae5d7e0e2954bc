"""Tables of partners and practitioners."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7


class Sector(models.TextChoices):
    SOCIAL_CARE = "SC", _("Social care")
    POLICE = "PO", _("Police")
    HEALTH = "HE", _("Health")
    EDUCATION = "ED", _("Education")
    HOUSING = "HO", _("Housing")
    VOLUNTARY = "VC", _("Charity")
    PARTNERSHIP = "XX", _("Partnership")


class Partnership(models.Model):
    """The safeguarding children partnership that runs this hub; one row."""

    name = fields.CharField(max_length=200)
    front_door_phone = fields.CharField(max_length=40)
    demonstration = models.BooleanField(default=False)


class Authority(models.Model):
    """A local authority with children's services. One hub may serve several."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    gss_code = fields.CharField(max_length=9, unique=True)
    dfe_code = fields.CharField(max_length=3)
    name = fields.CharField(max_length=120)
    # How the postcodes that lie in it begin: an area (ST), a district (ST1) or a sector (ST1 4).
    postcodes = ArrayField(fields.CharField(max_length=8), default=list, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "authorities"


class Agency(models.Model):
    """An organisation that takes part, in one authority or in several."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=30, unique=True)
    name = fields.CharField(max_length=160)
    sector = fields.CharField(max_length=2, choices=Sector.choices)
    authorities = models.ManyToManyField(Authority, related_name="agencies")
    front_door_for = models.ManyToManyField(Authority, related_name="front_doors", blank=True)
    phone = fields.CharField(max_length=40, blank=True)
    out_of_hours_phone = fields.CharField(max_length=40, blank=True)
    # The named person to whom overdue requests escalate (mash-practice F4).
    escalates_to = models.ForeignKey(
        "agencies.Practitioner", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"


class Team(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="teams")
    name = fields.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="one_team_a_name")]


class Role(models.Model):
    """What someone does, as data: a name, a plain-English description, and what it allows."""

    code = fields.CharField(max_length=40, primary_key=True)
    name = fields.CharField(max_length=120)
    description = fields.TextField()
    permissions = fields.ArrayField(fields.CharField(max_length=40))

    class Meta:
        ordering = ["name"]


class PractitionerManager(BaseUserManager["Practitioner"]):
    def get_by_natural_key(self, email: str) -> "Practitioner":
        return self.get(email__iexact=email)


class Practitioner(AbstractBaseUser):
    """A person with an account, in one agency. An agency switches it off at once when they leave."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    email = fields.EmailField(unique=True)
    name = fields.CharField(max_length=120)
    job_title = fields.CharField(max_length=120)
    phone = fields.CharField(max_length=40, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="practitioners")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT)
    roles = models.ManyToManyField(Role)
    is_active = models.BooleanField(default=True)
    # Somebody else knows the password: nothing opens before its owner has chosen another.
    password_is_first = models.BooleanField(default=False)
    # When: a while after it, the first password lets nobody in any more (agencies.first_passwords).
    password_given_at = models.DateTimeField(null=True)

    objects = PractitionerManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name", "job_title"]

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return str(self.id)

    @cached_property
    def held(self) -> list[dict[str, Any]]:
        """Their roles, each with `code` and `permissions`; read already where `queries.with_roles` found them."""
        return list(self.roles.values("code", "permissions"))


class WrongTries(models.Model):
    """Wrong passwords for one account, or for an address without one, under a keyed hash: no address is kept."""

    key = fields.CharField(max_length=64, primary_key=True)
    times = fields.ArrayField(models.DateTimeField())
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "wrong tries"


class SecondFactor(models.Model):
    """Something a practitioner has besides the password: an app that shows codes, or a passkey."""

    class Kind(models.TextChoices):
        APP = "app", _("Authenticator app")
        PASSKEY = "passkey", _("Passkey")

    id = models.UUIDField(primary_key=True, default=uuid7)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="second_factors")
    kind = fields.CharField(max_length=10, choices=Kind.choices)
    # What its holder calls it, to tell one from another.
    name = fields.CharField(max_length=60)
    # An app: its secret, sealed, and the last step of which a code was taken, so that each counts once.
    sealed_secret = models.BinaryField(default=b"")
    last_step = models.BigIntegerField(default=0)
    # A passkey: the site it is for, its id, what verifies it, and how often it said it was used.
    host = fields.CharField(max_length=253, blank=True)
    credential_id = models.BinaryField(null=True, unique=True)
    verifier = models.BinaryField(default=b"")
    used = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["practitioner"], condition=models.Q(kind="app"), name="one_app_a_practitioner"
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(kind="app", credential_id=None, host="") & ~models.Q(sealed_secret=b"")
                    | models.Q(kind="passkey", credential_id__isnull=False, sealed_secret=b"")
                    & ~models.Q(verifier=b"")
                    & ~models.Q(host="")
                ),
                name="a_factor_has_what_its_kind_needs",
            ),
        ]


class RecoveryCode(models.Model):
    """A code for the day that everything else is lost: kept as a keyed hash, and gone once it is used."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="recovery_codes")
    kept_as = fields.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "kept_as"], name="one_recovery_code_once")
        ]


class OutsideIdentity(models.Model):
    """What another place, with which one signs in, calls a practitioner: told by an administrator, never by itself."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="known_as")
    # The code of the provider, as configured.
    provider = fields.CharField(max_length=30)
    subject = fields.CharField(max_length=255)

    class Meta:
        verbose_name_plural = "outside identities"
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="one_practitioner_a_subject"),
            models.UniqueConstraint(fields=["provider", "practitioner"], name="one_subject_a_practitioner"),
        ]


class StaffDirectory(models.Model):
    """An agency's own directory of staff, which tells the hub who joins and who leaves; known by its secret."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    agency = models.OneToOneField(Agency, on_delete=models.PROTECT, related_name="+")
    # With which provider, as configured, its people sign in: its externalId is what that calls them. "" for none.
    provider = fields.CharField(max_length=30, blank=True)
    secret_hash = fields.CharField(max_length=64, unique=True)
    active = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "staff directories"
