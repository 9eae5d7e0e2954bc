"""What was signed holds the log; what another hub saw holds whoever has the key; and anybody can check it offline."""

from __future__ import annotations

import ast
import copy
import importlib.machinery
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from typer.testing import CliRunner

import databases_in_tests
from jigsaw.hub.audit import (
    erasing,
    evidence,
    heads,
    merkle,
    notes,
    operations,
    queries,
    sequencing,
    witnessing,
)
from jigsaw.hub.audit.models import Alarm, Entry, Head, Key, Leaf, Seen, Words
from jigsaw.hub.cli.main import app
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import Invalid, Refused, WrongState
from jigsaw.hub.kit.models import OutboxMessage
from people_in_tests import MONDAY

SCRIPT = Path(settings.ROOT) / "scripts" / "verify-audit"
PEER = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
PEERS_KEY = PEER.public_key().public_bytes_raw()
ADE = replace(SYSTEM, permissions=frozenset({"settings.manage"}))
Lines = list[dict[str, Any]]


def write(count: int, *, words: str = "") -> None:
    for _turn in range(count):
        with transaction.atomic():
            operations.record(actor=SYSTEM, action="tried", words=words, now=MONDAY)


def minute(turn: int) -> datetime:
    return MONDAY + timedelta(minutes=turn)


@pytest.fixture(scope="module")
def log(django_db_setup: None, django_db_blocker: Any) -> Iterator[Lines]:
    """A log with three heads, the second witnessed, the third signed with a second key; and its export."""
    keys, real = [b"\x02" * 32], (settings.AUDIT_SIGNING_KEY, settings.CHANGE_AUDIT_SIGNING_KEY)
    # The key file of this home stays as it is: whoever works here signs with it.
    settings.AUDIT_SIGNING_KEY, settings.CHANGE_AUDIT_SIGNING_KEY = lambda: keys[-1], keys.append
    with django_db_blocker.unblock(), databases_in_tests.fresh("jigsaw_audit_heads"):
        for turn, (count, words) in enumerate([(9, ""), (5, "Katie Walsh"), (6, "")]):
            write(count, words=words)
            sequencing.place_all()
            assert heads.publish(now=minute(turn)) == 1 and heads.publish(now=minute(turn)) == 0
            if turn == 1:
                seen = notes.witness(heads.latest() or "", name="peer", key=PEER, now=minute(turn))
                told = {"witness": "peer", "public": PEERS_KEY.hex(), "note": seen}
                witnessing.keep(actor=SYSTEM, told=told, now=minute(turn))
                heads.change_key(actor=SYSTEM, now=minute(turn))
        yield list(evidence.lines(words=True))
        heads._beside(heads.origin()).unlink()
    settings.AUDIT_SIGNING_KEY, settings.CHANGE_AUDIT_SIGNING_KEY = real


# --- the hub itself -------------------------------------------------------------------------------------------


def test_what_is_signed_verifies_and_proves(log: Lines) -> None:
    found = queries.verify()
    assert found.ok, found
    assert Head.objects.count() == 3 and Key.objects.count() == 2
    assert {"audit.head_witnessed", "audit.key_changed"} <= actions()
    note = heads.latest() or ""
    head = notes.read(note)
    assert merkle.root(bytes(leaf) for leaf in _leaves()[: head.size]) == head.root
    first, second = (bytes(key.public) for key in Key.objects.order_by("id"))
    assert notes.signed_by(note, name=head.origin, public=second)
    assert not notes.signed_by(note, name=head.origin, public=first), "the key was changed before it"
    assert not notes.signed_by(note.replace("epoch 1", "epoch 2"), name=head.origin, public=second)


def actions() -> set[str]:
    """What the log says was done."""
    return set(Entry.objects.values_list("action", flat=True))


def _leaves() -> list[bytes]:
    return list(Leaf.objects.order_by("place").values_list("hash", flat=True))


def test_a_clock_that_runs_backwards_is_an_alarm_and_loses_nothing(log: Lines) -> None:
    write(1)
    sequencing.place_all()
    last = Head.objects.latest("id")
    try:
        assert heads.publish(now=last.at - timedelta(hours=2)) == 1
        assert heads.open_alarms() == ["clock"]
        assert Head.objects.latest("id").at == last.at, "a head is dated no earlier than the one before"
        heads.publish(now=last.at - timedelta(hours=2))
        alarms = OutboxMessage.objects.filter(topic="audit.alarm", payload__kind="clock")
        assert alarms.count() == 1, "told of once"
    finally:
        sequencing.place_all()
        heads.publish(now=last.at)
    assert heads.open_alarms() == [] and Entry.objects.filter(action="audit.alarm_ended").exists()
    assert queries.verify().ok


def test_a_database_gone_back_signs_nothing_until_somebody_says_it_was_restored(log: Lines) -> None:
    """The file beside the database knows more than the database does: as after restoring an old backup."""
    write(1)
    sequencing.place_all()
    heads.publish(now=minute(10))
    kept = heads._beside(heads.origin())
    note = kept.read_text()
    head = notes.read(note)
    ahead = notes.sign(replace(head, size=head.size + 50).text(), name=head.origin, key=heads.signing_key())
    kept.write_text(ahead)
    write(1)
    sequencing.place_all()
    assert heads.publish(now=minute(11)) == 0 and heads.open_alarms() == ["gone_back"]
    with pytest.raises(Invalid, match="which backup"):
        heads.begin_epoch(actor=SYSTEM, reason=" ", now=minute(12))
    assert heads.begin_epoch(actor=SYSTEM, reason="Restored from last night’s backup.", now=minute(12)) == 2
    write(2)
    assert sequencing.place_all() == 4, "what waited from before, then the restore and what came after"
    assert heads.publish(now=minute(13)) == 1 and heads.open_alarms() == []
    assert notes.read(heads.latest() or "").epoch == 2 and "audit.restored" in actions()
    assert queries.verify().ok and not check(list(evidence.lines())).wrong


def test_a_rewritten_beginning_is_not_signed_again(log: Lines) -> None:
    kept = heads._beside(heads.origin())
    note = kept.read_text()
    kept.write_text(notes.sign(replace(notes.read(note), root=b"\x01" * 32).text(), name="x", key=PEER))
    write(1)
    sequencing.place_all()
    assert heads.publish(now=minute(20)) == 0 and heads.open_alarms() == ["forked"]
    kept.write_text(note)
    sequencing.place_all()
    assert heads.publish(now=minute(21)) == 1 and heads.open_alarms() == []


def test_a_key_that_is_not_the_one_in_use_signs_nothing(log: Lines) -> None:
    real = settings.AUDIT_SIGNING_KEY
    settings.AUDIT_SIGNING_KEY = lambda: b"\x09" * 32
    try:
        write(1)
        sequencing.place_all()
        assert heads.publish(now=minute(30)) == 0 and heads.open_alarms() == ["key"]
        with pytest.raises(WrongState, match="not the one"):
            heads.change_key(actor=SYSTEM, now=minute(30))
    finally:
        settings.AUDIT_SIGNING_KEY = real
    sequencing.place_all()
    assert heads.publish(now=minute(31)) == 1 and heads.open_alarms() == []


def test_erasing_someones_words_leaves_all_of_it_verifiable(log: Lines) -> None:
    before = queries.verify()
    katies = list(Words.objects.filter(words="Katie Walsh").values_list("entry", flat=True))
    with pytest.raises(Refused, match="administrators"):
        erasing.erase(actor=SYSTEM, entries=katies, reason="Asked.", now=minute(40))
    with pytest.raises(Invalid, match="why"):
        erasing.erase(actor=ADE, entries=katies, reason=" ", now=minute(40))
    assert erasing.erase(actor=ADE, entries=katies, reason="The family asked.", now=minute(40)) == 5
    with pytest.raises(Invalid, match="no words"):
        erasing.erase(actor=ADE, entries=katies, reason="Again.", now=minute(40))
    told = Entry.objects.latest("id")
    assert told.action == "audit.words_erased" and told.detail == {"entries": sorted(map(str, katies))}
    sequencing.place_all()
    after, lines = queries.verify(), list(evidence.lines(words=True))
    assert after.ok and after.entries == before.entries + 1
    first = merkle.root_of(sequencing.Stored(), before.entries)
    assert first.hex() == before.root, "what stood there before is the same tree"
    assert not check(lines).wrong and "Katie" not in json.dumps(lines)


def test_the_commands_answer_and_what_they_export_verifies(log: Lines, tmp_path: Path) -> None:
    def asked(*words: str, status: int = 0) -> str:
        done = CliRunner().invoke(app, ["audit", *words])
        assert done.exit_code == status, (words, done.output, done.exception)
        return done.stdout

    answer = json.loads(asked("verify", "--json"))
    assert answer["ok"] and answer["entries"] == Entry.objects.count() and answer["waiting"] == 0
    proof = json.loads(asked("prove", str(Entry.objects.earliest("id").entry), "--json"))
    path = [bytes.fromhex(node) for node in proof["path"]]
    root, leaf = bytes.fromhex(answer["root"]), bytes.fromhex(proof["leaf"])
    assert merkle.included(leaf, proof["index"], proof["size"], path, root)
    file = tmp_path / "log.jsonl"
    asked("export", "--format", "evidence", "--out", str(file))
    assert not check([json.loads(line) for line in file.read_text().splitlines()]).wrong
    exported = [json.loads(line) for line in asked("export").splitlines()]
    assert {*exported[0]} >= {"entry", "at", "action", "leaf"} and len(exported) == answer["entries"]
    assert len(json.loads(asked("export", "--json"))["entries"]) == answer["entries"]
    assert json.loads(asked("export", "--format", "balp").splitlines()[0])["resourceType"] == "AuditEvent"
    handed = tmp_path / "heads.json"
    asked("heads", "export", "--since", "3", "--out", str(handed))
    assert json.loads(handed.read_text())["head"] == asked("heads", "show")
    other, seen = tmp_path / "other.json", tmp_path / "seen.json"
    other.write_text(json.dumps(Other(PEER, _leaves()[:3], origin="third").told()))
    asked("heads", "witness", str(other), "--out", str(seen))
    assert json.loads(seen.read_text())["kind"] == witnessing.WITNESS


# --- another hub ----------------------------------------------------------------------------------------------


@dataclass
class Other:
    """Another hub's log, made by hand: whoever has its key can write any."""

    key: Ed25519PrivateKey
    leaves: list[bytes]
    origin: str = "other"
    epoch: int = 1

    def told(self, *since: int) -> dict[str, Any]:
        tree, size = merkle.in_memory(self.leaves), len(self.leaves)
        head = notes.Head(self.origin, size, merkle.root(self.leaves), self.epoch, minute(size))
        public = self.key.public_key().public_bytes_raw()
        proofs = [
            {"from": one, "path": [node.hex() for node in merkle.consistency(tree, one, size)]}
            for one in since
        ]
        return {
            "kind": witnessing.HEADS,
            "origin": self.origin,
            "keys": [{"public": public.hex(), "handover": ""}],
            "head": notes.sign(head.text(), name=self.origin, key=self.key),
            "proofs": proofs,
        }


def test_a_hub_witnesses_what_goes_on_and_catches_a_rewrite_with_the_stolen_key(log: Lines) -> None:
    stolen = Ed25519PrivateKey.from_private_bytes(b"\x05" * 32)
    honest = [merkle.leaf_hash(bytes([at])) for at in range(20)]
    first = witnessing.witness(actor=SYSTEM, told=Other(stolen, honest[:7]).told(), now=minute(1))
    ours = bytes.fromhex(first["public"])
    assert first["first"] and notes.witnessed_by(first["note"], name=heads.origin(), public=ours)
    again = witnessing.witness(actor=SYSTEM, told=Other(stolen, honest).told(7), now=minute(2))
    assert Entry.objects.filter(action="audit.head_seen", thing="other").count() == 2
    assert not again["first"] and Seen.objects.filter(origin="other").count() == 2

    rewritten = [merkle.leaf_hash(b"other"), *honest[1:], *honest]
    for told, words in [
        (Other(stolen, rewritten).told(20), "rewritten"),
        (Other(stolen, honest[:9]).told(), "goes back"),
        (Other(stolen, [*honest, *honest]).told(), "do not show"),
        (Other(stolen, honest, epoch=2).told(20), "restored"),
        (Other(PEER, [*honest, *honest]).told(20), "not signed with a key"),
    ]:
        with pytest.raises(WrongState, match=words):
            witnessing.witness(actor=SYSTEM, told=told, now=minute(3))
    assert Seen.objects.filter(origin="other").count() == 2
    assert Alarm.objects.filter(kind="witness", ended_at=None).count() == 1
    believed = Other(stolen, honest[:9], epoch=2).told()
    assert witnessing.witness(actor=SYSTEM, told=believed, restored=True, now=minute(4))
    with pytest.raises(Invalid, match="our own"):
        witnessing.witness(actor=SYSTEM, told=witnessing.to_witness(), now=minute(5))
    with pytest.raises(Invalid, match="no file of heads"):
        witnessing.witness(actor=SYSTEM, told={"kind": "x"}, now=minute(5))


def test_what_we_hand_out_proves_itself_from_what_was_witnessed(log: Lines) -> None:
    told = witnessing.to_witness(since=3)
    head = notes.read(told["head"])
    roots = {one["from"]: merkle.root(_leaves()[: one["from"]]) for one in told["proofs"]}
    assert set(roots) == {3, 14}
    for one in told["proofs"]:
        path = [bytes.fromhex(node) for node in one["path"]]
        assert merkle.consistent(one["from"], head.size, roots[one["from"]], head.root, path)


# --- the standalone verifier ----------------------------------------------------------------------------------


def load() -> Any:
    loader = importlib.machinery.SourceFileLoader("verify_audit", str(SCRIPT))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("verify_audit", loader) or SimpleNamespace()
    )  # type: ignore[arg-type]
    sys.modules["verify_audit"] = module
    loader.exec_module(module)
    return module


verifier = load()


def check(
    lines: Lines, *, witnesses: Lines | None = None, keys: list[str] | None = None, key: str | None = None
) -> Any:
    found = verifier.Check(key=key, witnesses=list(witnesses or []), witness_keys=keys or [])
    for line in copy.deepcopy(lines):
        found.take(line)
    found.end()
    return found


def test_the_verifier_needs_nothing_of_jigsaw() -> None:
    tree = ast.parse(SCRIPT.read_text())
    named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named += [each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names]
    assert {name.split(".")[0] for name in named} - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_whole_log_verifies_offline(log: Lines, tmp_path: Path) -> None:
    found = check(log, keys=[notes.fingerprint(PEERS_KEY)])
    assert not found.wrong and found.tree.size == len(entries(log))
    file, witness = tmp_path / "log.jsonl", tmp_path / "witness.json"
    file.write_text("".join(json.dumps(line) + "\n" for line in log))
    witness.write_text(json.dumps(next(line for line in log if line["kind"] == "witness")))
    run = [sys.executable, "-I", str(SCRIPT), str(file), "--witness", str(witness), "--json"]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and json.loads(done.stdout)["ok"], done.stdout
    file.write_text(file.read_text().replace("tried", "tired", 1))
    done = subprocess.run(run[:-1], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "place 0 was changed" in done.stdout
    file.write_text("no log")
    assert subprocess.run(run, capture_output=True, check=False).returncode == 2


def entries(lines: Lines) -> Lines:
    return [line for line in lines if line["kind"] == "entry"]


def hashed(line: dict[str, Any]) -> None:
    line["leaf"] = sha256(b"\x00" + line["content"].encode()).hexdigest()


def renumbered(lines: Lines, changed: Lines) -> Lines:
    """The log with these entries in their place, numbered and counted as if nothing had happened."""
    for place, line in enumerate(changed):
        line["place"] = place
    lines[0]["size"], lines[-1]["entries"] = len(changed), len(changed)
    return [*[line for line in lines[:-1] if line["kind"] != "entry"], *changed, lines[-1]]


def changed_row(lines: Lines) -> Lines:
    entries(lines)[3]["content"] = entries(lines)[3]["content"].replace("tried", "tired")
    return lines


def changed_row_with_its_hash(lines: Lines) -> Lines:
    hashed(entries(changed_row(lines))[3])
    return lines


def deleted_row(lines: Lines) -> Lines:
    lines.remove(entries(lines)[4])
    return lines


def deleted_row_with_all_moved_up(lines: Lines) -> Lines:
    return renumbered(lines, [line for at, line in enumerate(entries(lines)) if at != 4])


def inserted_row(lines: Lines) -> Lines:
    found = entries(lines)
    extra = copy.deepcopy(found[4])
    extra["content"] = extra["content"].replace("tried", "person.viewed")
    hashed(extra)
    return renumbered(lines, [*found[:5], extra, *found[5:]])


def inserted_row_at_a_place_that_is_taken(lines: Lines) -> Lines:
    lines.insert(lines.index(entries(lines)[5]), copy.deepcopy(entries(lines)[4]))
    return lines


def swapped_order(lines: Lines) -> Lines:
    found = entries(lines)
    found[2], found[6] = found[6], found[2]
    return renumbered(lines, found)


def changed_words(lines: Lines) -> Lines:
    next(line for line in lines if line.get("words") == "Katie Walsh")["words"] = "Nobody"
    return lines


def changed_head(lines: Lines) -> Lines:
    line = next(line for line in lines if line["kind"] == "head")
    line["note"] = line["note"].replace("\n9\n", "\n8\n")
    return lines


def truncated_tail(lines: Lines) -> Lines:
    return renumbered(lines, entries(lines)[:-3])


def signed_again(
    lines: Lines, *, key: Ed25519PrivateKey, kept: tuple[str, ...] = ("log", "key", "witness")
) -> Lines:
    """All heads written anew for the entries as they are, with a key that is (or is made) the log's own."""
    made = [line for line in lines if line["kind"] in kept]
    made = [
        {**line, "public": key.public_key().public_bytes_raw().hex()} if line["kind"] == "key" else line
        for line in made
    ]
    made = [line for at, line in enumerate(made) if line["kind"] != "key" or at == 1]
    tree = merkle.Growing()
    for at, line in enumerate(entries(lines), 1):
        tree.add(bytes.fromhex(line["leaf"]))
        if at in (9, 14, len(entries(lines))):
            head = notes.Head(lines[0]["origin"], at, tree.root(), 1, minute(at))
            made.append({"kind": "head", "note": notes.sign(head.text(), name=lines[0]["origin"], key=key)})
    made.sort(key=lambda line: ["log", "key", "epoch", "head", "witness"].index(line["kind"]))
    return [*made, *entries(lines), lines[-1]]


def forked_tree(lines: Lines) -> Lines:
    """A second log of as many entries, signed with the same key, for somebody else's eyes."""
    key = Ed25519PrivateKey.from_private_bytes(b"\x03" * 32)
    other = signed_again(changed_row_with_its_hash(copy.deepcopy(lines)), key=key, kept=("log", "key"))
    own = signed_again(lines, key=key, kept=("log", "key"))
    heads_of = [line for line in other if line["kind"] == "head"]
    at = next(at for at, line in enumerate(own) if line["kind"] == "entry")
    return [*own[:at], heads_of[-1], *own[at:]]


def signed_again_with_the_stolen_key(lines: Lines) -> Lines:
    key = Ed25519PrivateKey.from_private_bytes(b"\x03" * 32)
    return signed_again(changed_row_with_its_hash(lines), key=key)


def replaced_witness(lines: Lines) -> Lines:
    line = next(line for line in lines if line["kind"] == "witness")
    line["note"] = line["note"].replace("\n14\n", "\n13\n")
    return lines


def epoch_rolled_back(lines: Lines) -> Lines:
    key = Ed25519PrivateKey.from_private_bytes(b"\x03" * 32)
    made = signed_again(lines, key=key, kept=("log", "key"))
    first = next(line for line in made if line["kind"] == "head")
    head = replace(notes.read(first["note"]), epoch=2)
    first["note"] = notes.sign(head.text(), name=head.origin, key=key)
    return made


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (changed_row, "place 3 was changed"),
        (changed_row_with_its_hash, "one between place 0 and place 8 was changed"),
        (deleted_row, "1 entries from place 4 on are missing"),
        (deleted_row_with_all_moved_up, "was changed, removed"),
        (inserted_row, "inserted or moved, and the log written anew"),
        (inserted_row_at_a_place_that_is_taken, "place 4 is there twice"),
        (swapped_order, "inserted or moved, and the log written anew"),
        (changed_words, "The words of the entry at place"),
        (changed_head, "was changed: its signature does not verify"),
        (truncated_tail, "The log was cut off"),
        (forked_tree, "The log was forked"),
        (signed_again_with_the_stolen_key, "what the witness peer saw"),
        (replaced_witness, "it was replaced"),
        (epoch_rolled_back, "goes back to an epoch before"),
    ],
)
def test_tampering_is_told_in_words(log: Lines, tamper: Callable[[Lines], Lines], words: str) -> None:
    wrong = check(tamper(copy.deepcopy(log))).wrong
    assert any(words in one for one in wrong), wrong


def test_the_stolen_key_and_no_witness_in_the_export_is_caught_by_the_witness_own_file(log: Lines) -> None:
    kept = [line for line in log if line["kind"] == "witness"]
    thiefs = [
        line for line in signed_again_with_the_stolen_key(copy.deepcopy(log)) if line["kind"] != "witness"
    ]
    assert any("No witness" in one for one in check(thiefs).notes), "and without one, that is said"
    assert any("what the witness peer saw" in one for one in check(thiefs, witnesses=kept).wrong)
    assert any("No head bears" in one for one in check(thiefs, keys=[notes.fingerprint(PEERS_KEY)]).wrong)
    other = notes.fingerprint(PEERS_KEY)
    assert any("not the one you gave" in one for one in check(thiefs, key=other).wrong)
