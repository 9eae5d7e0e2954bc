"""The same model over a whole file or a whole region, by Splink on DuckDB or Spark.

- `table`: records as a table that SQL can compare; `settings`: the model as Splink's settings;
- `doors`: where the SQL runs; `scoring`: pairs with their score and guard; `clusters`: persons out of pairs;
- `training`: the weights that a file itself teaches.
"""

from jigsaw.record_linkage.bulk.clusters import clusters
from jigsaw.record_linkage.bulk.doors import Door, OnDuckDB, OnSpark
from jigsaw.record_linkage.bulk.scoring import Pairs, score_pairs
from jigsaw.record_linkage.bulk.table import table_of
from jigsaw.record_linkage.bulk.training import Trained, train

__all__ = [
    "Door",
    "OnDuckDB",
    "OnSpark",
    "Pairs",
    "Trained",
    "clusters",
    "score_pairs",
    "table_of",
    "train",
]
