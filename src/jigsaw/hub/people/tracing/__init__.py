"""Ask a national register for NHS numbers, and keep what it answers beside what the source said.

By file, as the national matcher takes and returns them (`formats.nhs_trace`), or by asking the register itself
(`national_register`). Either way one answer is taken the same: what is certain and contradicts nothing adds the
number to the record, with where it came from; anything less waits for a person; nothing is ever overwritten.

Where is…
- a file of questions written, and kept that each was asked: `questions.py`
- what becomes of an answer, whichever way it came: `answers.py`
- a file of answers taken in: `by_file.py`
- the register itself asked about one record: `one_by_one.py`
- what a person decides: `deciding.py`
"""
