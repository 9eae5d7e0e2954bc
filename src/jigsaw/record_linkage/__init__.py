"""Do these records speak of one person?

Pure: no Django, no database, no clock. Read in this order:

- `records.Record`: what one source says, in standard form (`standardise`, `identifiers`);
- `keys`: under which keys a person is filed and sought;
- `columns`: all of a record that comparing looks at, worked out once;
- `terms`: a condition said once, asked in Python and in SQL;
- `levels`: which level of agreement each part reaches; `model`: what a level is worth;
- `compare`: the score, the guard and the evidence in words; `same_home`: who may live where it is asked;
- `query_text.parse`: a practitioner's free text as a record.
"""

from jigsaw.record_linkage.columns import Columns, columns_of
from jigsaw.record_linkage.compare import Bands, Comparison, Ranking, compare, link_by_itself, rank
from jigsaw.record_linkage.evidence import Evidence
from jigsaw.record_linkage.keys import index_keys, query_keys, rare_query_keys
from jigsaw.record_linkage.model import Model, ModelError, default_model, load_model
from jigsaw.record_linkage.records import Record
from jigsaw.record_linkage.same_home import SameHome

__all__ = [
    "Bands",
    "Columns",
    "Comparison",
    "Evidence",
    "Model",
    "ModelError",
    "Ranking",
    "Record",
    "SameHome",
    "columns_of",
    "compare",
    "default_model",
    "index_keys",
    "link_by_itself",
    "load_model",
    "query_keys",
    "rank",
    "rare_query_keys",
]
