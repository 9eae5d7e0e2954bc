"""The process in which one file is opened: it can reach little, and whatever happens to it happens to nobody else.

Reads the file from its standard input and writes the outcome to its standard output: a line of JSON, then the bytes
of the clean copy, if there is one. Started by `apart` alone.
"""

from __future__ import annotations

import json
import resource
import sys

from jigsaw.papers.outcome import LARGEST, MEMORY, SECONDS, Clean, Refusal

LIMITS = {
    resource.RLIMIT_AS: MEMORY,
    resource.RLIMIT_CPU: SECONDS,
    resource.RLIMIT_FSIZE: 0,  # It writes no file; a pipe is none.
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NOFILE: 64,
}


def main() -> None:
    for which, most in LIMITS.items():
        resource.setrlimit(which, (most, most))
    data = sys.stdin.buffer.read(LARGEST + 1)
    head, content = _outcome(data)
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + content)


def _outcome(data: bytes) -> tuple[dict[str, object], bytes]:
    from jigsaw.papers.cleaning import clean  # within the limits, as all that it loads

    try:
        made = clean(data)
    except Refusal as refusal:
        return {"refused": [refusal.code, refusal.words, refusal.next_step]}, b""
    except (MemoryError, RecursionError):
        return {"gave_up": True}, b""
    return _head(made), made.content


def _head(made: Clean) -> dict[str, object]:
    return {
        "kind": made.kind,
        "pages": made.pages,
        "sha256": made.sha256,
        "original_sha256": made.original_sha256,
        "taken_out": list(made.taken_out),
    }


if __name__ == "__main__":
    main()
