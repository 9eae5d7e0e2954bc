"""Invented people: who they are, what agencies write down about them, and what is asked about them.

The one generator of people for benchmarks, training and tests. Pure, seeded, streaming: a million records take less
than a minute and a constant amount of memory. All of it is made up, and the rates at which things go wrong
(rates.json, names.json) are assumed, not measured.

>>> people = list(families(1000, seed=1))           # Person: as somebody is, household by household
>>> people[0].person_id, people[0].household_id
(1, 1)
>>> records = list(sources(people, seed=1))          # RawRecord: as agencies write it, 1 to 6 for each person
>>> records[0].record().family == ()                 # Record: in standard form, ready to compare
False
>>> asked = queries(people, 19, seed=1)              # Query: free text and fields, with whom it means
>>> sorted({query.kind for query in asked} - set(KINDS))
['stranger', 'unseen_sibling', 'unseen_twin']

- `families(count, seed)` yields exactly `count` people; `sources(people, seed)` yields their records; both stream, so
  chain them: `sources(families(1_000_000))`. About 2.3 records a person.
- `RawRecord.person_id`, `household_id` and `name_group` are the truth; the matcher must not see them.
- `queries(people, count, seed, kinds=…)` reads the people once: `queries(families(1_000_000), 400)`. `person_id` 0 means
  nobody in the index; `relative_of` is then whose twin or sibling was asked for.
- `write(path, records)` writes Parquet or CSV in chunks; `tables(records)` yields Arrow tables.
- `WORLD_DAY` is the day on which this world stands still: give it to `query_text.parse` as today.
"""

from jigsaw.record_linkage.invented.drawing import Home
from jigsaw.record_linkage.invented.families import WORLD_DAY, Person, families
from jigsaw.record_linkage.invented.naming import name_groups
from jigsaw.record_linkage.invented.queries import KINDS, UNSEEN_KINDS, Query, queries
from jigsaw.record_linkage.invented.sources import RawRecord, all_sources, sources
from jigsaw.record_linkage.invented.writing import SCHEMA, TRUTH, tables, write

__all__ = [
    "KINDS",
    "SCHEMA",
    "TRUTH",
    "UNSEEN_KINDS",
    "WORLD_DAY",
    "Home",
    "Person",
    "Query",
    "RawRecord",
    "all_sources",
    "families",
    "name_groups",
    "queries",
    "sources",
    "tables",
    "write",
]
