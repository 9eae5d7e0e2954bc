"""How do rows keep words that not even a copy of the database, its log or its backups may tell?

Each such row has a key of its own, which is kept sealed under the hub's; its words are sealed with that. In the columns
themselves stands `[sealed]`. Whoever reads a row through its model reads the words; destroying the row's key (setting
`words_key` to nothing) erases them for good, in every backup of later days. A row may hold bytes as well (a document):
sealed with the same key, opened only where somebody asks for them.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from jigsaw.hub.kit import fields, sealing
from jigsaw.hub.kit.sealing import DoesNotOpen, Ring

STANDS_FOR_IT = "[sealed]"
"""What the column of a sealed text holds; the column of an empty one is empty."""

logger = logging.getLogger("jigsaw.sealed")


class SealedWords(models.Model):
    """A row whose words may be sealed. Written by `save`, read by any query that makes instances."""

    words_key = models.BinaryField(null=True, editable=False)
    sealed_words = models.BinaryField(null=True, editable=False)

    WORDS: ClassVar[tuple[str, ...]]
    """Names of the columns that hold words: texts, and lists of texts."""
    BYTES: ClassVar[tuple[str, ...]] = ()
    """Names of the columns that hold bytes: as they were sealed, until `bytes_of` opens them."""

    class Meta:
        abstract = True

    def is_to_be_sealed(self) -> bool:
        """A table that does not say otherwise seals all it holds."""
        return True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:
        row = super().from_db(db, field_names, values)
        if row.__dict__.get("sealed_words") is not None:
            row._put(row._opened())
        return row

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.is_to_be_sealed():
            super().save(*args, **kwargs)
            return
        if self.BYTES and not self._state.adding:
            raise TypeError("What holds sealed bytes is written once: change its other columns by update().")
        fields.check_row(self)
        with self._sealed():
            super().save(*args, **kwargs)

    @contextmanager
    def _sealed(self) -> Iterator[None]:
        plain, key = {name: getattr(self, name) for name in self.WORDS}, os.urandom(32)
        self.words_key, self.sealed_words = sealed(plain, bound_to=self._bound_to, key=key)
        self._put({name: stand_in(value) for name, value in plain.items()})
        for name in self.BYTES:
            setattr(
                self, name, sealing.seal(getattr(self, name), key=key, bound_to=self._bytes_bound_to(name))
            )
        try:
            yield
        finally:
            self._put(plain)

    def bytes_of(self, name: str) -> bytes:
        """The bytes of this column, opened. Raises DoesNotOpen, also once the row's key was destroyed."""
        if self.words_key is None:
            raise DoesNotOpen
        key = ring().unseal(self.words_key, bound_to=self._bound_to)
        return sealing.unseal(getattr(self, name), key=key, bound_to=self._bytes_bound_to(name))

    def _opened(self) -> dict[str, Any]:
        if self.words_key is None:
            return self._saying(_("These words were erased."))
        try:
            key = ring().unseal(self.words_key, bound_to=self._bound_to)
            return dict(json.loads(sealing.unseal(self.sealed_words, key=key, bound_to=self._bound_to)))
        except DoesNotOpen:
            logger.error("sealed words do not open", extra={"row": self._bound_to})
            return self._saying(_("These words are sealed, and the key to them is not here."))

    def _saying(self, words: str) -> dict[str, Any]:
        """`words` in place of the first of the texts, and nothing in the others."""
        first, *others = self.WORDS
        return {first: words} | {name: type(getattr(self, name))() for name in others}

    def _put(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(self, name, value)

    @property
    def _bound_to(self) -> str:
        return bound_to(self._meta.db_table, self.pk)

    def _bytes_bound_to(self, name: str) -> str:
        return f"{self._bound_to} {name}"


def ring() -> Ring:
    """The hub's keys for what is sealed, read anew each time: another process may have renewed them."""
    return Ring(settings.SEALED_WORDS_KEYS())


def sealed(plain: dict[str, Any], *, bound_to: str, key: bytes | None = None) -> tuple[bytes, bytes]:
    """A key, itself sealed, and the words sealed with it; a new one where none is given."""
    key = key or os.urandom(32)
    words = sealing.seal(json.dumps(plain).encode(), key=key, bound_to=bound_to)
    return ring().seal(key, bound_to=bound_to), words


def stand_in(value: Any) -> Any:
    """What the column holds in place of a sealed value."""
    if isinstance(value, str):
        return STANDS_FOR_IT if value else ""
    return []


def bound_to(table: str, pk: object) -> str:
    return f"{table} {pk}"


def none_in_plain(*texts: str, when: Q) -> Q:
    """For a constraint: rows of `when` have no word in these columns, and other rows are not sealed."""
    hidden = Q(sealed_words__isnull=False)
    for name in texts:
        hidden &= Q(**{f"{name}__in": ["", STANDS_FOR_IT]})
    return (when & hidden) | (~when & Q(sealed_words=None, words_key=None))


def renew(model: type[SealedWords], *, keys: Sequence[bytes], batch: int = 500) -> int:
    """Seal the key of each row anew with the first of `keys`, where another sealed it; how many those were.

    The words themselves stay as they are. A row that opens with none of `keys` is left, and raises DoesNotOpen.
    """
    ours, done = Ring(keys), 0
    rows = model._base_manager.filter(words_key__isnull=False).order_by("pk")
    last: Any = None
    while found := list((rows.filter(pk__gt=last) if last else rows).values_list("pk", "words_key")[:batch]):
        for pk, kept in found:
            done += _renewed(model, pk, bytes(kept), ours)
        last = found[-1][0]
    return done


def _renewed(model: type[SealedWords], pk: object, kept: bytes, ours: Ring) -> bool:
    if kept.startswith(ours.current):
        return False
    bound = bound_to(model._meta.db_table, pk)
    again = ours.seal(ours.unseal(kept, bound_to=bound), bound_to=bound)
    return bool(model._base_manager.filter(pk=pk, words_key__isnull=False).update(words_key=again))
