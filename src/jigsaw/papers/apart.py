"""One file, from bytes to a clean copy, in a process of its own that has little memory, little time and no files.

Libraries that read other people’s files crash and hang now and then. Here that is a refusal in words.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys

from jigsaw.papers import sniffing
from jigsaw.papers.outcome import LARGEST_CLEAN, MEDIA_TYPES, SECONDS, TAKEN_OUT, Clean, Refusal

# All that the process is told of its surroundings: where its code is.
KEPT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


def clean_apart(data: bytes, *, seconds: float = 2 * SECONDS) -> Clean | Refusal:
    """A clean copy, or a refusal, whatever the bytes are and whatever they do. `seconds`: by the clock, at most."""
    try:
        sniffing.kind_of(data)
    except Refusal as refusal:
        return refusal
    command = [sys.executable, "-m", "jigsaw.papers.worker"]
    surroundings = {name: os.environ[name] for name in KEPT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours; the file goes to its standard input
            command, input=data, capture_output=True, timeout=seconds, env=surroundings, check=False
        )
    except subprocess.TimeoutExpired:
        return _gave_up()
    return _read(done.stdout, data) if done.returncode == 0 else _gave_up()


def _read(told: bytes, data: bytes) -> Clean | Refusal:
    """What the process told, if it is what it may tell: it worked on a file that nobody trusts."""
    line, _end, content = told.partition(b"\n")
    try:
        head = json.loads(line)
        if "refused" in head:
            code, words, next_step = map(str, head["refused"])
            return Refusal(code, words, next_step)
        made = Clean(
            kind=head["kind"],
            content=content,
            pages=int(head["pages"]),
            sha256=hashlib.sha256(content).hexdigest(),
            original_sha256=hashlib.sha256(data).hexdigest(),
            taken_out=tuple(code for code in TAKEN_OUT if code in head["taken_out"]),
        )
        good = made.kind in MEDIA_TYPES and sniffing.kind_of(content[:4096]) == made.kind
    except (ValueError, KeyError, TypeError, Refusal):
        return _gave_up()
    return made if good and made.pages > 0 and len(content) <= LARGEST_CLEAN else _gave_up()


def _gave_up() -> Refusal:
    return Refusal(
        "gave_up",
        "This file could not be checked: it is damaged, or opening it takes too long.",
        "Open it, save or print it as PDF, and choose that.",
    )
