"""The tree over the log: RFC 9162 §2.1, SHA-256.

Whole subtrees are asked of a `Node`, so that a proof over a million leaves touches some twenty of them and not the
million: see `sequencing` for those kept in tables.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]
"""`node(height, index)`: the hash of the whole subtree over the leaves from index·2^height, 2^height of them."""


def leaf_hash(content: bytes) -> bytes:
    """The hash of one leaf: SHA-256 of 0x00 and the content (RFC 9162 §2.1.1)."""
    return sha256(b"\x00" + content).digest()


def joined(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side: SHA-256 of 0x01 and both (RFC 9162 §2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


class Growing:
    """A tree that grows leaf by leaf and keeps one hash per level: a million leaves need twenty hashes of memory."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append one leaf's hash."""
        node, left = leaf, self.size
        while left & 1:
            node = sha256(b"\x01" + self._peaks.pop() + node).digest()
            left >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The Merkle tree hash so far; of no leaves, SHA-256 of nothing (RFC 9162 §2.1.1)."""
        if not self._peaks:
            return sha256(b"").digest()
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = joined(peak, node)
        return node


def root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of leaf hashes in order; of none, SHA-256 of nothing."""
    tree = Growing()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def in_memory(leaves: Sequence[bytes]) -> Node:
    """The subtrees of leaves held in memory."""
    return lambda height, index: root(leaves[index << height : index + 1 << height])


def root_of(node: Node, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return _span(node, 0, size) if size else root(())


def path(node: Node, index: int, size: int) -> list[bytes]:
    """The inclusion path of the leaf at `index` (from 0) among the first `size`, nearest first (§2.1.3.1).

    Raises IndexError if there is no such leaf.
    """
    if not 0 <= index < size:
        raise IndexError(index)
    start, end, found = 0, size, []
    while end - start > 1:
        middle = start + _half(end - start)
        if index < middle:
            found.append(_span(node, middle, end))
            end = middle
        else:
            found.append(_span(node, start, middle))
            start = middle
    return found[::-1]


def consistency(node: Node, old: int, new: int) -> list[bytes]:
    """That the first `old` leaves are the beginning of the first `new` (§2.1.4.1): empty if they are as many.

    Raises IndexError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise IndexError(old)
    start, end, whole, found = 0, new, True, []
    while old != end:
        middle = start + _half(end - start)
        if old <= middle:
            found.append(_span(node, middle, end))
            end = middle
        else:
            found.append(_span(node, start, middle))
            start, whole = middle, False
    if not whole:
        found.append(_span(node, start, end))
    return found[::-1]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from the leaf to the root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last = leaf, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if index % 2 or index == last:
            node = joined(sibling, node)
            while not index % 2 and index:
                index, last = index >> 1, last >> 1
        else:
            node = joined(node, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and node == root


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of size `new` begins with the tree of size `old` (RFC 9162 §2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new or not proof:
        return False
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    index, last = old - 1, new - 1
    while index % 2:
        index, last = index >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if index % 2 or index == last:
            before, after = joined(step, before), joined(step, after)
            while not index % 2 and index:
                index, last = index >> 1, last >> 1
        else:
            after = joined(after, step)
        index, last = index >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _half(size: int) -> int:
    """The largest power of two below `size` (2 or more)."""
    return 1 << (size - 1).bit_length() - 1


def _span(node: Node, start: int, end: int) -> bytes:
    """The hash over leaves `start` (inclusive) to `end` (exclusive), where the tree has such a subtree."""
    size = end - start
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return node(height, start >> height)
    middle = start + _half(size)
    return joined(_span(node, start, middle), _span(node, middle, end))
