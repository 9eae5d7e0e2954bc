"""What does the reference page of roles and permissions say?

`python -m jigsaw.hub.training.roles_page` prints it as Markdown.
"""

from __future__ import annotations

import os

_TOP = """\
# Roles and permissions

This page is generated: `python -m jigsaw.hub.training.roles_page > docs/reference/roles-and-permissions.md`.

A practitioner may have several roles, and may do what any of them allows, within what their agency may see
([who sees what](../explanation/who-sees-what.md)). Roles are rows in the database: these are the ones a
partnership starts with. Permissions are codes in `agencies/permissions.py`; domains ask for them.
"""


def page() -> str:
    """The whole page as Markdown, ending in one newline. Django must be set up."""
    from jigsaw.hub.agencies.permissions import PERMISSIONS
    from jigsaw.hub.training.roles import ROLES

    roles = [
        f"### {name}\n\n`{code}`. {description}\n\n"
        + "\n".join(f"- `{p}`" for p in sorted(permissions))
        + "\n"
        for code, (name, description, permissions) in ROLES.items()
    ]
    rows = [
        f"| `{code}` | {words} | {_held_by(code, ROLES)} |" for code, words in sorted(PERMISSIONS.items())
    ]
    table = "\n".join(["| Permission | What it allows | Roles |", "|---|---|---|", *rows])
    return "\n".join([_TOP, "## Permissions\n", table, "\n## Roles\n", *roles])


def _held_by(code: str, roles: dict[str, tuple[str, str, tuple[str, ...]]]) -> str:
    names = [name for name, _description, permissions in roles.values() if code in permissions]
    return ", ".join(names) or "nobody"


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jigsaw.hub.config.settings")
    django.setup()
    print(page(), end="")
