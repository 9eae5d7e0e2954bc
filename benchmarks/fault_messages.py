"""`python -m benchmarks.fault_messages KILLS`: handle messages in processes that are killed, and count the effects."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime
from typing import Any

MESSAGES, TOPIC = 600, "bench.fault"


def run(kills: int) -> dict[str, Any]:
    """Put messages, kill handler after handler, let a last one finish, and count each message's effects."""
    from django.db import connections, transaction

    from jigsaw.hub.audit.models import Entry
    from jigsaw.hub.kit import outbox

    now, dice = datetime.now(UTC), random.Random(1)
    with transaction.atomic():
        for number in range(MESSAGES):
            outbox.put(topic=TOPIC, payload={"number": number}, now=now)
    connections.close_all()
    for _kill in range(kills):
        handler = os.fork()
        if handler == 0:
            _handle_all(slowly=True)
            os._exit(0)
        time.sleep(dice.uniform(0.01, 0.25))
        os.kill(handler, signal.SIGKILL)
        os.waitpid(handler, 0)
    left_after_kills = _waiting()
    _handle_all(slowly=False)
    effects = list(Entry.objects.filter(action=TOPIC).values_list("thing", flat=True))
    waiting = _waiting()
    once = len(effects) == len(set(effects)) == MESSAGES and not waiting
    return {
        "kills": kills,
        "messages": MESSAGES,
        "effects": len(effects),
        "left_when_the_killing_ended": left_after_kills,
        "waiting": waiting,
        "once": once,
    }


def _handle_all(*, slowly: bool) -> None:
    from jigsaw.hub.audit import operations
    from jigsaw.hub.kit import outbox
    from jigsaw.hub.kit.actor import SYSTEM
    from jigsaw.hub.kit.outbox import Message

    def act(message: Message) -> None:
        operations.record(actor=SYSTEM, action=TOPIC, thing=str(message.id), now=datetime.now(UTC))
        if slowly:
            time.sleep(0.002)

    while outbox.handle(topics=[TOPIC], act=act, now=datetime.now(UTC), limit=10):
        pass


def _waiting() -> int:
    from jigsaw.hub.kit.models import OutboxMessage

    return int(OutboxMessage.objects.filter(topic=TOPIC, handled_at=None).count())


if __name__ == "__main__":
    from jigsaw.hub.cli.django_setup import setup

    setup()
    print(json.dumps(run(int(sys.argv[1]))))
