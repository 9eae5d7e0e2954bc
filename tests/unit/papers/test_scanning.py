"""A scanner is asked over a real socket, and its silence is never taken for an all-clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from clamd_in_tests import fake_clamd
from jigsaw.papers import Clean, Refusal, receive
from jigsaw.papers.scanning import PIECE, Scanner, Silent
from papers_in_tests import EICAR, a_pdf


@pytest.mark.parametrize("over", ["tcp", "unix"])
def test_a_scanner_says_what_it_takes_a_file_for(over: str, tmp_path: Path) -> None:
    with fake_clamd(tmp_path / "s" if over == "unix" else None) as clamd:
        scanner = Scanner(clamd.address)
        assert scanner.answers()
        assert scanner.finds(a_pdf()) == ""
        assert scanner.finds(EICAR) == "Eicar-Signature"
        long = b"x" * (2 * PIECE + 7)
        assert scanner.finds(long) == "" and clamd.heard[-1] == long


@pytest.mark.parametrize("says", [b"", b"INSTREAM size limit exceeded. ERROR", b"whatever"])
def test_an_answer_without_a_verdict_is_none(says: bytes) -> None:
    with fake_clamd(says=says) as clamd, pytest.raises(Silent):
        Scanner(clamd.address).finds(b"x")


def test_a_scanner_that_is_not_there_is_silent(tmp_path: Path) -> None:
    for address in ("tcp://127.0.0.1:9", f"unix://{tmp_path}/none"):
        assert not Scanner(address, patience=1).answers()
        with pytest.raises(Silent):
            Scanner(address, patience=1).finds(b"x")


@pytest.mark.parametrize("address", ["", "clamd", "tcp://host", "http://host:1", "unix://"])
def test_an_address_that_is_none_is_said_at_once(address: str) -> None:
    with pytest.raises(ValueError, match="no address of a scanner"):
        Scanner(address)


def test_what_is_received_was_looked_at_first_and_silence_is_no_all_clear() -> None:
    plain = a_pdf()
    with fake_clamd() as clamd:
        scanner = Scanner(clamd.address, patience=5)
        assert isinstance(receive(plain, scanner), Clean) and clamd.heard == [plain]
        refused = receive(EICAR, scanner)
        assert isinstance(refused, Refusal) and refused.code == "infected"
        assert isinstance(receive(b"MZ program", scanner), Refusal) and len(clamd.heard) == 2
    silent = receive(plain, Scanner("tcp://127.0.0.1:9", patience=1))
    assert isinstance(silent, Refusal) and silent.code == "scanner_silent"
    assert isinstance(receive(EICAR, None), Clean), "without a scanner it is a harmless text"
