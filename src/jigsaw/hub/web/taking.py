"""How does a form show what the domain refused?"""

from __future__ import annotations

from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.web.forms import Form


class Takes(Form):
    """Shows what the domain refused beside the field that it is about."""

    def take(self, problem: Invalid) -> None:
        for name, words in (problem.fields or {None: problem.words}).items():
            self.add_error(name if name in self.fields else None, str(words))
