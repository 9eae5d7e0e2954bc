"""An agency's directory says who joins and who leaves, by SCIM: of that agency alone, and never who administers."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from jigsaw.formats.scim import LIST, PATCH, USER
from jigsaw.hub.agencies import directories
from jigsaw.hub.agencies.models import OutsideIdentity, Practitioner
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.cli import main
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import Refused
from people_in_tests import Town

UNA = {
    "schemas": [USER],
    "userName": "una@sch.example",
    "externalId": "una-there",
    "displayName": "Una Byrne",
    "title": "Teacher",
    "roles": [{"value": "practitioner"}],
}
PASSWORD = "a lamp in every window"


class Directory:
    """The school's directory, with its secret."""

    def __init__(self, secret: str) -> None:
        self.secret, self.client = secret, Client()

    def ask(self, method: str, path: str, body: object = None) -> Any:
        data = {} if body is None else {"data": json.dumps(body), "content_type": "application/scim+json"}
        heading = {"Authorization": f"Bearer {self.secret}"}
        return self.client.generic(method.upper(), f"/scim/v2/{path}", headers=heading, **data)

    def users(self, query: str = "") -> Any:
        return self.ask("get", f"Users{query}").json()

    def id_of(self, email: str) -> str:
        [found] = self.users(f'?filter=userName eq "{email}"')["Resources"]
        return str(found["id"])

    def patched(self, email: str, **changes: Any) -> Any:
        told = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": changes}]}
        return self.ask("patch", f"Users/{self.id_of(email)}", told)


@pytest.fixture
def school(town: Town) -> Directory:
    secret = directories.connect(actor=SYSTEM, agency=town.school, provider="entra", now=timezone.now())
    return Directory(secret)


def test_whoever_joins_may_come_in_by_the_place_that_vouches_for_them(school: Directory) -> None:
    answer = school.ask("post", "Users", UNA)
    assert (answer.status_code, answer["Content-Type"]) == (201, "application/scim+json")
    made = answer.json()
    assert answer["Location"] == made["meta"]["location"]
    assert (
        school.client.get(answer["Location"], headers={"Authorization": f"Bearer {school.secret}"}).json()
        == made
    )
    una = Practitioner.objects.get(pk=made["id"])
    assert (una.email, una.agency.code, una.has_usable_password()) == ("una@sch.example", "SCH", False)
    assert OutsideIdentity.objects.get(practitioner=una).subject == "una-there"
    assert {"practitioner.added", "directory.told"} <= set(Entry.objects.values_list("action", flat=True))
    again = school.ask("post", "Users", UNA)
    assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness")


def test_a_leaver_is_out_at_the_next_click(school: Directory) -> None:
    Practitioner.objects.filter(email="ros@sch.example").update(password=make_password(PASSWORD))
    ros = Client()
    ros.post("/sign-in/", {"username": "ros@sch.example", "password": PASSWORD})
    assert ros.get("/notices/").status_code == 200
    assert school.patched("ros@sch.example", active="False").json()["active"] is False
    assert ros.get("/notices/").status_code == 302
    assert school.patched("ros@sch.example", active=True).json()["active"] is True
    assert school.ask("delete", f"Users/{school.id_of('ros@sch.example')}").status_code == 204
    assert not Practitioner.objects.get(email="ros@sch.example").is_active, "switched off, and never deleted"


def test_changes_are_made_and_what_is_not_said_stays(school: Directory) -> None:
    answer = school.patched("ros@sch.example", title="Head of year")
    assert (answer.status_code, answer.json()["title"]) == (200, "Head of year")
    ros = Practitioner.objects.get(email="ros@sch.example")
    assert (ros.job_title, ros.name, ros.roles.exists()) == ("Head of year", "Ros Okafor", True)


def test_the_list_is_of_its_own_agency_alone(school: Directory, town: Town) -> None:
    told = school.users()
    assert told["schemas"] == [LIST]
    assert {one["userName"].split("@")[1] for one in told["Resources"]} == {"sch.example"}
    assert told["totalResults"] == Practitioner.objects.filter(agency=town.school).count()
    assert school.users("?count=0") == {**told, "itemsPerPage": 0, "Resources": []}
    assert school.users('?filter=userName eq "amina@hv.example"')["totalResults"] == 0
    theirs = school.ask("get", f"Users/{town.amina.practitioner_id}")
    nobody = school.ask("get", f"Users/{uuid4()}")
    assert (theirs.status_code, theirs.content) == (404, nobody.content), "absent and not theirs look alike"


def test_another_agencys_account_is_out_of_reach(school: Directory, town: Town) -> None:
    off = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]}
    for method, body in (("patch", off), ("delete", None), ("put", {**UNA, "userName": "amina@hv.example"})):
        assert school.ask(method, f"Users/{town.amina.practitioner_id}", body).status_code == 404
    taken = school.ask("post", "Users", {**UNA, "userName": "amina@hv.example"})
    assert (taken.status_code, taken.json()["scimType"]) == (409, "uniqueness")
    assert Practitioner.objects.get(pk=town.amina.practitioner_id).is_active


def test_it_makes_no_administrator_and_changes_none_but_lets_them_leave(
    school: Directory, town: Town
) -> None:
    made = school.ask("post", "Users", {**UNA, "roles": [{"value": "administrator"}]})
    assert made.status_code == 400 and "administrator" in made.json()["detail"]
    assert school.patched("ros@sch.example", roles=[{"value": "administrator"}]).status_code == 400
    ros = Practitioner.objects.get(email="ros@sch.example")
    ros.roles.add("administrator")
    assert school.patched("ros@sch.example", title="Head").status_code == 400
    assert school.patched("ros@sch.example", active=False).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "invalidSyntax"),
        (b"[" * 50_000, "invalidSyntax"),
        (b'"' + b"x" * 200_000, "tooMany"),
        (json.dumps({**UNA, "roles": [{"value": "emperor"}]}).encode(), "invalidValue"),
        (json.dumps({**UNA, "userName": "no address"}).encode(), "invalidValue"),
        (json.dumps({**UNA, "displayName": "a\u0000b"}).encode(), "invalidValue"),
        (json.dumps({**UNA, "externalId": ""}).encode(), "invalidValue"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words_and_does_nothing(
    school: Directory, body: bytes, kind: str
) -> None:
    answer = school.client.generic(
        "POST", "/scim/v2/Users", data=body, headers={"Authorization": f"Bearer {school.secret}"}
    )
    assert (answer.status_code, answer.json()["scimType"]) == (400, kind)
    assert answer.json()["detail"]
    assert not Practitioner.objects.filter(email="una@sch.example").exists()


def test_nobody_else_opens_it_and_switched_off_it_opens_to_nobody(school: Directory, town: Town) -> None:
    for secret in ("", "x", "é"):
        assert Directory(secret).ask("get", "Users").status_code == 401
    with pytest.raises(Refused):
        directories.connect(actor=town.ros, agency=town.school, now=timezone.now())
    runner = CliRunner()
    assert runner.invoke(main.app, ["agency", "directory", "SCH", "--off", "--json"]).exit_code == 0
    assert school.ask("get", "Users").status_code == 401
    renewed = json.loads(runner.invoke(main.app, ["agency", "directory", "SCH", "--json"]).stdout)
    assert Directory(renewed["secret"]).ask("get", "Users").status_code == 200


def test_it_says_what_of_scim_there_is(school: Directory) -> None:
    assert school.ask("get", "ServiceProviderConfig").json()["patch"] == {"supported": True}
    assert school.ask("get", "ResourceTypes").json()["Resources"][0]["endpoint"] == "/Users"
    assert school.ask("put", "Users").status_code == 405
    wrong = school.ask("get", 'Users?filter=title co "x"')
    assert (wrong.status_code, wrong.json()["scimType"]) == (400, "invalidFilter")
