"""Where do the words stand of each kind of thing that is disposed of, and what stands there afterwards?

One place for all tables, as the policies of `kit.policies` are: what is named here is taken out in one transaction, and a
column that holds words and is named nowhere fails a test. A row stays where others point at it, without its words (a
tombstone); it goes where nothing does.
"""

from jigsaw.hub.retention.things.answers import ANSWER
from jigsaw.hub.retention.things.concerns import CONCERN
from jigsaw.hub.retention.things.entries import ENTRY
from jigsaw.hub.retention.things.notices import NOTICE
from jigsaw.hub.retention.things.plans import PLAN
from jigsaw.hub.retention.things.records import RECORD
from jigsaw.hub.retention.things.shape import Thing

THINGS: dict[str, Thing] = {
    "entry": ENTRY,
    "concern": CONCERN,
    "record": RECORD,
    "plan": PLAN,
    "notice": NOTICE,
    "answer": ANSWER,
}
