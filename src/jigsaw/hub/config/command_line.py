"""`jigsaw`: the commands of the hub, and the service itself."""

from jigsaw.hub.cli.main import app, run
from jigsaw.hub.config import recovering, serving

serving.add_to(app)
recovering.add_to(app)


def main() -> None:
    """The entry point of the `jigsaw` command."""
    run()
