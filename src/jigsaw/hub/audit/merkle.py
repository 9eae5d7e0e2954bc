"""The tree over the log: RFC 9162 §2.1, SHA-256."""

from collections.abc import Iterable
from hashlib import sha256


def leaf_hash(content: bytes) -> bytes:
    """The hash of one leaf: SHA-256 of 0x00 and the content (RFC 9162 §2.1.1)."""
    return sha256(b"\x00" + content).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of leaf hashes in order; of none, SHA-256 of nothing.

    Keeps one hash per level (a binary counter), so a million leaves need twenty hashes of memory.
    """
    peaks: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, node = 0, leaf
        while peaks and peaks[-1][0] == height:
            node = sha256(b"\x01" + peaks.pop()[1] + node).digest()
            height += 1
        peaks.append((height, node))
    if not peaks:
        return sha256(b"").digest()
    node = peaks.pop()[1]
    while peaks:
        node = sha256(b"\x01" + peaks.pop()[1] + node).digest()
    return node
