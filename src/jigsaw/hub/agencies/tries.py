"""How often was a wrong password tried for one account, and must it wait?

After FREELY wrong tries within WINDOW, the account waits for WAIT, whoever tries. An address that nobody
signs in with waits just as long, so that the wait tells nothing. Tries are counted by account and, where
there is none, by address under a keyed hash: no address is kept. The computer they come from is not counted:
behind a proxy or in one office, many people share one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.crypto import salted_hmac

from jigsaw.hub.agencies.models import WrongTries

FREELY = 5
WINDOW = WAIT = timedelta(minutes=15)
KEPT_FOR = timedelta(days=1)


def counted_under(account: UUID | None, address: str) -> str:
    """The key of an account, or of an address that has none; neither can be read from it."""
    return _key(f"account {account}" if account else f"address {address.strip().lower()}")


def second_factor_of(account: UUID) -> str:
    """The key of an account's second factor. It is counted apart, so that a right password clears nothing of it,
    and so that nobody without the password can make it wait."""
    return _key(f"second factor {account}")


def _key(counted: str) -> str:
    return salted_hmac("jigsaw.sign-in", counted, algorithm="sha256").hexdigest()


def held(key: str, now: datetime) -> WrongTries:
    """The tries under this key, held until the transaction ends: tries at the same moment come one by one."""
    WrongTries.objects.bulk_create([WrongTries(key=key, times=[], last_at=now)], ignore_conflicts=True)
    return WrongTries.objects.select_for_update().get(key=key)


def waits_until(tries: WrongTries) -> datetime | None:
    """When the next try is let in, if too many came too fast; None if at once."""
    last = tries.times[-FREELY:]
    if len(last) < FREELY or last[-1] - last[0] > WINDOW:
        return None
    return last[-1] + WAIT


def must_wait(tries: WrongTries, now: datetime) -> datetime | None:
    """When the next try is let in, if that is not yet; None if it is now."""
    until = waits_until(tries)
    return until if until and until > now else None


def add(tries: WrongTries, now: datetime) -> None:
    """One more wrong try. Those before the last few decide nothing any more."""
    tries.times, tries.last_at = [*tries.times, now][-FREELY:], now
    tries.save(update_fields=["times", "last_at"])


def clear(tries: WrongTries) -> None:
    """Whoever signs in begins anew."""
    tries.delete()


def forget(*, now: datetime) -> int:
    """Remove what decides nothing any more; returns how many. Running it twice changes nothing."""
    return WrongTries.objects.filter(last_at__lt=now - KEPT_FOR).delete()[0]
