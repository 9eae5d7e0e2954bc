"""What a directory of staff says, as a line of a staff list."""

from __future__ import annotations

from typing import Any

import pytest

from jigsaw.formats import scim
from jigsaw.formats.scim import PATCH, USER, Filter, NotScim


def patch(*changes: dict[str, Any], active: bool = True) -> Any:
    told = {"schemas": [PATCH], "Operations": list(changes)}
    return scim.read_patch(told, provider="entra", email="una@sch.example", active=active)


def test_a_user_becomes_a_line_of_the_list() -> None:
    told = scim.read_user(
        {
            "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
            "userName": " una@sch.example ",
            "externalId": "una-there",
            "name": {"givenName": "Una", "familyName": "Byrne"},
            "title": "Teacher",
            "phoneNumbers": [
                {"type": "home", "value": "07700 900 001"},
                {"type": "work", "value": "01632 960 003"},
            ],
            "roles": [{"value": "practitioner", "primary": True}, "practitioner"],
            "photos": [{"value": "https://example.org/una.jpg"}],
        },
        provider="entra",
    )
    assert (told.email, told.active, told.roles) == ("una@sch.example", True, ("practitioner",))
    assert told.texts == {"name": "Una Byrne", "job_title": "Teacher", "phone": "01632 960 003"}
    assert told.known_as == {"entra": "una-there"}


def test_what_is_not_said_changes_nothing() -> None:
    told = patch({"op": "replace", "path": "title", "value": "Head of year"})
    assert (told.texts, told.roles, told.known_as) == ({"job_title": "Head of year"}, None, {})
    assert patch({"op": "Replace", "path": "title", "value": "x"}, active=False).active is False


@pytest.mark.parametrize(
    "change",
    [
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "value": {"active": False}},
        {"op": "add", "path": "active", "value": False},
    ],
)
def test_a_leaver_is_understood_however_a_directory_spells_it(change: dict[str, Any]) -> None:
    assert patch(change).active is False


def test_paths_within_a_value_are_understood_as_entra_sends_them() -> None:
    told = patch(
        {
            "op": "Add",
            "value": {"name.formatted": "Una Byrne", 'phoneNumbers[type eq "work"].value': "01632 960 004"},
        },
        {"op": "remove", "path": "title"},
    )
    assert told.texts == {"name": "Una Byrne", "phone": "01632 960 004", "job_title": ""}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"op": "replace", "path": "userName", "value": "other@sch.example"}, "mutability"),
        ({"op": "replace", "path": "nickName", "value": "Una"}, "invalidPath"),
        ({"op": "move", "path": "title", "value": "x"}, "invalidSyntax"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "replace", "path": "active", "value": "perhaps"}, "invalidValue"),
        ({"op": "replace", "path": "title", "value": 7}, "invalidValue"),
        ({"op": "replace", "value": "x"}, "invalidSyntax"),
        ("x", "invalidSyntax"),
    ],
)
def test_what_cannot_be_changed_is_refused_by_its_kind(change: Any, kind: str) -> None:
    with pytest.raises(NotScim) as error:
        patch(change)
    assert error.value.kind == kind


@pytest.mark.parametrize(
    "told",
    [[], {}, {"schemas": [USER]}, {"schemas": [USER], "userName": 3}, {"schemas": None, "userName": "a"}],
)
def test_what_is_no_user_is_refused(told: object) -> None:
    with pytest.raises(NotScim):
        scim.read_user(told, provider="")


def test_one_is_asked_for_by_address_or_id() -> None:
    assert scim.read_filter("") is None
    assert scim.read_filter('userName Eq "una@sch.example"') == Filter("userName", "una@sch.example")
    assert scim.read_filter(r'externalId eq "a \"b\""') == Filter("externalId", 'a "b"')
    for other in ('userName co "una"', 'title eq "x"', 'userName eq "a" or id eq "b"'):
        with pytest.raises(NotScim) as error:
            scim.read_filter(other)
        assert error.value.kind == "invalidFilter"
