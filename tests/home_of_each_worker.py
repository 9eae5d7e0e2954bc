"""Where does each of several test processes keep its database? In a home of its own beside the others.

Loaded with `-p` because the hub's settings are read before any conftest is. Without workers nothing changes.
"""

import os

if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["JIGSAW_HOME"] = os.path.join(os.environ.get("JIGSAW_HOME", "var"), f"tests-{worker}")
