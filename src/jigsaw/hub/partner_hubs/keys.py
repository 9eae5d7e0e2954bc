"""Where are the hub's keys with its partners? Sealed in the database, or in the file of its signing key.

A masking key is sealed with AES-GCM under a key of its own, bound to its partner, direction and epoch, so that a
copy of the database alone opens none, and a row moved elsewhere does not open either.
"""

from uuid import UUID

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from jigsaw.hub.kit import sealing
from jigsaw.record_linkage.private_question import MaskingKey

ASKING, ANSWERING = "asking", "answering"


def signing() -> Ed25519PrivateKey:
    """The hub's own signing key."""
    return Ed25519PrivateKey.from_private_bytes(settings.HUB_SIGNING_KEY)


def fingerprint(public: bytes) -> str:
    """Eight groups of four letters, to read to each other on the telephone: 128 bits."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(public)
    text = digest.finalize().hex()[:32]
    return " ".join(text[at : at + 4] for at in range(0, 32, 4))


def seal(key: MaskingKey, *, partner: UUID, direction: str, epoch: int) -> bytes:
    return sealing.seal(key.secret, key=settings.PARTNER_KEY, bound_to=_bound(partner, direction, epoch))


def unseal(sealed: bytes, *, partner: UUID, direction: str, epoch: int) -> MaskingKey:
    """Raises DoesNotOpen for a row that was tampered with or moved, or under a lost key."""
    bound_to = _bound(partner, direction, epoch)
    return MaskingKey(sealing.unseal(sealed, key=settings.PARTNER_KEY, bound_to=bound_to))


def pseudonym(practitioner: UUID, *, partner: UUID) -> str:
    """What a partner calls one of our practitioners: the same every time, another for every partner."""
    keyed = hmac.HMAC(settings.PARTNER_KEY, hashes.SHA256())
    keyed.update(b"practitioner|" + partner.bytes + practitioner.bytes)
    return keyed.finalize().hex()[:32]


def _bound(partner: UUID, direction: str, epoch: int) -> str:
    return f"{partner}|{direction}|{epoch}"
