"""How does a directory of staff say who is there? SCIM 2.0 users (RFC 7643, RFC 7644), read into a line of a staff list.

Pure: JSON in, `Listed` out. A directory's own spellings are understood (Entra ID sends "False" for false, and paths such
as `phoneNumbers[type eq "work"].value`). What a hub has no use for (groups, photographs) is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jigsaw.formats.staff_list import Listed

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
TRUE, FALSE = ("true",), ("false",)
FILTER = re.compile(r'\s*(username|externalid|id|emails\.value)\s+eq\s+"((?:[^"\\]|\\.)*)"\s*', re.IGNORECASE)
ASKED_FOR = {"username": "userName", "emails.value": "userName", "externalid": "externalId", "id": "id"}
# By the path in lower letters, what of `Told` it is.
PATHS = {
    "active": "active",
    "username": "email",
    'emails[type eq "work"].value': "email",
    "displayname": "name",
    "name.formatted": "name",
    "name.givenname": "given",
    "name.familyname": "family",
    "title": "job_title",
    'phonenumbers[type eq "work"].value': "phone",
    "externalid": "external",
    "roles": "roles",
}


class NotScim(ValueError):
    """What came cannot be read so: `kind` is the scimType of RFC 7644 §3.12."""

    def __init__(self, words: str, kind: str = "invalidValue") -> None:
        super().__init__(words)
        self.kind = kind


@dataclass(frozen=True)
class Filter:
    """The one thing that is asked for: `userName`, `externalId` or `id`, and its value."""

    attribute: str
    value: str


def read_filter(text: str) -> Filter | None:
    """`userName eq "…"`, or by externalId or id; None for no filter. Raises NotScim for any other."""
    if not text.strip():
        return None
    found = FILTER.fullmatch(text)
    if found is None:
        raise NotScim(
            'Filter by userName, externalId or id, as in: userName eq "ros@sch.example".', "invalidFilter"
        )
    return Filter(ASKED_FOR[found[1].lower()], re.sub(r"\\(.)", r"\1", found[2]))


def read_user(document: object, *, provider: str) -> Listed:
    """A whole user, for POST and PUT. `provider`: whose the externalId is, "" for nobody's. Raises NotScim."""
    told = _mapping(document)
    if USER not in (told.get("schemas") or ()):
        raise NotScim(f"“schemas” must name {USER}.", "invalidSyntax")
    said = {**_flat(told), "active": told.get("active", True)}
    if not _text(said.get("email", ""), "userName").strip():
        raise NotScim("A user needs a userName: the address with which they sign in.")
    return listed(said, provider=provider)


def read_patch(document: object, *, provider: str, email: str, active: bool) -> Listed:
    """The changes to the user with this address, who is `active` now. Raises NotScim for what cannot be changed so."""
    told = _mapping(document)
    changes = told.get("Operations")
    if PATCH not in (told.get("schemas") or ()) or not isinstance(changes, list) or not changes:
        raise NotScim(f"“schemas” must name {PATCH}, and “Operations” list at least one.", "invalidSyntax")
    said: dict[str, Any] = {"email": email, "active": active}
    for change in changes:
        said |= _changed(_mapping(change))
    if _text(said["email"], "userName").strip().lower() != email.lower():
        raise NotScim("An account keeps its address. Switch it off, and add another.", "mutability")
    return listed(said, provider=provider)


def _changed(change: Mapping[str, Any]) -> dict[str, Any]:
    do, path, value = str(change.get("op", "")).lower(), change.get("path"), change.get("value")
    if do not in ("add", "replace", "remove"):
        raise NotScim("“op” is add, replace or remove.", "invalidSyntax")
    if path is None:
        if do == "remove":
            raise NotScim("Say which attribute is to be removed.", "noTarget")
        return _by_paths(_mapping(value))
    name = PATHS.get(_text(path, "path").lower())
    if name is None:
        raise NotScim(f"“{path}” is not kept here.", "invalidPath")
    return {name: "" if do == "remove" else value}


def _by_paths(values: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes as a user has them, or by their paths, as Entra ID sends them without a path of the operation."""
    by_path = {PATHS[name.lower()]: value for name, value in values.items() if name.lower() in PATHS}
    return _flat(values) | by_path


def _flat(user: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name in ("userName", "displayName", "title", "externalId", "roles"):
        if name in user:
            said[PATHS[name.lower()]] = user[name]
    full = _mapping(user.get("name") or {})
    for part in ("formatted", "givenName", "familyName"):
        if part in full:
            said[PATHS[f"name.{part.lower()}"]] = full[part]
    if "phoneNumbers" in user:
        said["phone"] = _first(user["phoneNumbers"], "work")
    return said


def _first(values: object, kind: str) -> str:
    """Of several, the one of this kind, else the first; "" of none."""
    rows = [_mapping(one) for one in values] if isinstance(values, list) else []
    rows.sort(key=lambda one: one.get("type") != kind)
    return _text(rows[0].get("value", ""), "value") if rows else ""


def listed(said: Mapping[str, Any], *, provider: str) -> Listed:
    """What was said, as a line of a staff list; what was not said changes nothing."""
    texts = {name: _text(said[name], name) for name in ("name", "job_title", "phone") if name in said}
    if not texts.get("name", "").strip() and ("given" in said or "family" in said):
        texts["name"] = " ".join(_text(said.get(part, ""), part) for part in ("given", "family")).strip()
    return Listed(
        line=1,
        email=_text(said["email"], "userName").strip(),
        texts=texts,
        roles=_roles(said["roles"]) if "roles" in said else None,
        active=_boolean(said["active"]),
        known_as={provider: _text(said["external"], "externalId")} if provider and "external" in said else {},
    )


def _roles(value: object) -> tuple[str, ...]:
    rows: Iterable[object] = value if isinstance(value, list) else [value] if value else []
    codes = (_text(one.get("value", "") if isinstance(one, Mapping) else one, "roles") for one in rows)
    return tuple(dict.fromkeys(filter(None, codes)))


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in TRUE or word in FALSE:
        return word in TRUE
    raise NotScim("“active” is true or false.")


def _text(value: object, name: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise NotScim(f"“{name}” is a text.")
    return value


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise NotScim("An object was expected here.", "invalidSyntax")
    return value
