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


def path(leaves: list[bytes], index: int) -> list[bytes]:
    """The inclusion path of the leaf at `index` (from 0), nearest first (RFC 9162 §2.1.3.1).

    Raises IndexError if there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*path(leaves[:half], index), root(leaves[half:])]
    return [*path(leaves[half:], index - half), root(leaves[:half])]


def root_from_path(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root that a path leads to (RFC 9162 §2.1.3.2): equal to the tree's if the leaf is in it."""
    node, last = leaf, size - 1
    for sibling in proof:
        if index % 2 or index == last:
            node = sha256(b"\x01" + sibling + node).digest()
            while not index % 2 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha256(b"\x01" + node + sibling).digest()
        index, last = index >> 1, last >> 1
    return node
