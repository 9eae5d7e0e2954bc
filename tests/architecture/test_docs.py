"""The documents tell the truth: links lead somewhere, commands exist, and nothing is said to be missing that is there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import typer

ROOT = Path(__file__).parents[2]
WEB = ROOT / "src/jigsaw/hub/web"
# Pictures of pages are added together: none, or all of them.
PICTURES = {ROOT / f"docs/images/{name}.png" for name in ("inbox", "decide", "child", "find")}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# Where a machine, or a list of things to do, shows through.
OUT_OF_PLACE = re.compile(r"/work/|/tmp/j\b|/root/|\bissues? #?\d+|(?<!\w)#\d+\b", re.IGNORECASE)
SECTIONS = {
    "screening": "Concerns",
    "enquiries": "Enquiries",
    "oversight": "Oversight",
    "settings": "Settings",
}


def documents() -> list[Path]:
    """Every Markdown file of ours, generated pages included."""
    places = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.md")]
    return sorted(path for path in places if "node_modules" not in path.parts)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def commands() -> frozenset[str]:
    """Every command as one types it, such as "audit verify"."""
    from jigsaw.hub.config.command_line import app

    found: set[str] = set()
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found |= {f"{name} {each}" for each in inner or ()}
        if not inner or command.invoke_without_command:
            found.add(name)
    return frozenset(found)


def commands_in(text: str) -> set[str]:
    """The commands that a text names as `jigsaw …`, without options and arguments."""
    words = re.findall(r"`(?:\.venv/bin/)?jigsaw ((?:[a-z-]+ ?){1,2})", text)
    return {" ".join(w for w in found.split() if not w.startswith("-")) for found in words}


def leading_nowhere(path: Path) -> set[Path]:
    """What a document links to beside it that is not there; addresses and places in the same page are left out."""
    targets = [link.split("#")[0] for link in LINK.findall(FENCED.sub("", path.read_text()))]
    relative = [path.parent / target for target in targets if target and "://" not in target]
    return {target.resolve() for target in relative if not target.exists()}


@pytest.mark.parametrize("path", documents(), ids=named)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    missing = leading_nowhere(path)
    if not any(picture.exists() for picture in PICTURES):
        missing -= PICTURES
    assert missing == set()


@pytest.mark.parametrize("path", documents(), ids=named)
def test_nothing_out_of_place_is_said(path: Path) -> None:
    assert OUT_OF_PLACE.findall(path.read_text()) == []


def test_every_document_is_in_the_index() -> None:
    index = ROOT / "docs/README.md"
    listed = {(index.parent / link).resolve() for link in LINK.findall(index.read_text())}
    decisions = ROOT / "docs/decisions/README.md"
    listed |= {(decisions.parent / link).resolve() for link in LINK.findall(decisions.read_text())}
    assert [named(p) for p in (ROOT / "docs").rglob("*.md") if p not in listed | {index}] == []


@pytest.mark.parametrize("name", ["README.md", "docs/reference/command-line.md"])
def test_every_command_named_exists_and_every_command_is_named(name: str) -> None:
    assert commands_in(_commands_part(name)) == commands()


def _commands_part(name: str) -> str:
    """The table of the README; the headings of the reference page, as if they were code."""
    text = (ROOT / name).read_text()
    if name == "README.md":
        return text.split("## The command line", 1)[1].split("\n## ", 1)[0].split("|---|", 1)[1]
    return "\n".join(f"`{heading}`" for heading in re.findall(r"^## (jigsaw .*)$", text, re.MULTILINE))


def test_a_page_that_is_said_to_be_missing_is_missing_and_no_other() -> None:
    said = re.search(r"^No page yet: ([^.]+)\.", (ROOT / "README.md").read_text(), re.MULTILINE)
    empty = {words for section, words in SECTIONS.items() if 'HttpResponse("")' in _source(WEB / section)}
    assert set(said[1].split(", ") if said else []) == empty


def _source(section: Path) -> str:
    return "".join(path.read_text() for path in section.glob("*.py"))


def test_every_test_that_is_named_as_proof_exists() -> None:
    text = (ROOT / "SECURITY.md").read_text()
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in re.findall(r"`(test_\w+)`", text) if f"def {name}(" not in tests] == []
    assert [p for p in re.findall(r"`(tests/[\w/.]+)`", text) if not (ROOT / p).exists()] == []


def test_every_code_path_that_architecture_names_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text() + (ROOT / "SECURITY.md").read_text()
    hub = ROOT / "src/jigsaw/hub"
    paths = set(re.findall(r"`([a-z_]+(?:/[\w]+)+\.(?:py|js|md))`", text))
    homes = (ROOT, ROOT / "src/jigsaw", hub)
    assert sorted(path for path in paths if not any((home / path).exists() for home in homes)) == []


def test_the_page_of_roles_is_current() -> None:
    from jigsaw.hub.training import roles_page

    assert (ROOT / "docs/reference/roles-and-permissions.md").read_text() == roles_page.page()


def test_what_these_tests_look_for_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "[itself](page.md#top) [far](https://example.org/x) ![gone](gone.png)\n```\n[code](x.md)\n```\n"
    )
    assert leading_nowhere(page) == {tmp_path / "gone.png"}
    assert OUT_OF_PLACE.search("see issue 12") and not OUT_OF_PLACE.search("a tissue, 12 of them")
    assert commands_in("| `jigsaw audit prove ID` | `jigsaw demo --headless` |") == {"audit prove", "demo"}
