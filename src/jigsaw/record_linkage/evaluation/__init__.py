"""How well does matching do on data that says who is who?

- `mapping`: which column of a file is which part of a record; `tables`: rows of CSV and Parquet;
- `reading`: rows as records, and the truth about them; `metrics`: what a score is worth against the truth;
- `evaluate`: all of it in one run, as `jigsaw link evaluate` does.
"""

from jigsaw.record_linkage.evaluation.evaluate import Evaluation, Task, evaluate
from jigsaw.record_linkage.evaluation.mapping import EvaluationError, FileMapping, suggest
from jigsaw.record_linkage.evaluation.tables import Problem

__all__ = ["Evaluation", "EvaluationError", "FileMapping", "Problem", "Task", "evaluate", "suggest"]
