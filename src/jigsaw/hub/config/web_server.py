"""How does gunicorn serve the hub? Read by it as `--config python:jigsaw.hub.config.web_server`."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import struct
import threading
import time
from socket import SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET
from typing import Any

threads = 4
# Read once, so that a worker that died is there again at once. Nothing is connected to before a request comes.
preload_app = True
timeout = 60
graceful_timeout = 5
loglevel = "warning"
# No access log: addresses can hold names.
accesslog = None

PATIENCE = 5
"""Seconds that a thread waits for the next bytes of a request, or for the other side to take ours."""
LOOK_EVERY = 0.5


def on_starting(server: Any) -> None:
    """End with whoever started us: killed, it would leave us serving without jobs, and holding the port."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def when_ready(server: Any) -> None:
    """Wait no longer than PATIENCE for a slow client: connections inherit it from the socket they come in by."""
    limit = struct.pack("ll", PATIENCE, 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(SOL_SOCKET, SO_RCVTIMEO, limit)
        listener.sock.setsockopt(SOL_SOCKET, SO_SNDTIMEO, limit)


def post_worker_init(worker: Any) -> None:
    """Read what prints while pages are served already, so that nobody waits for it."""
    threading.Thread(target=_read_what_prints, daemon=True).start()


def _read_what_prints() -> None:
    importlib.import_module("jigsaw.hub.web.printing")
    settle()


def settle() -> None:
    """What has been read by now stays: no page waits while Python looks through all of it for what is garbage.

    Such a look took 70 ms, one page in ten of the slower ones.
    """
    gc.collect()
    gc.freeze()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
