"""What did the partners agree to share, with whom, for what, and what follows for one release?

`read` makes an `Agreement` of a JSON document; `compiled` makes agreements ready to be asked; `Compiled.says` answers.
An agreement enforces what partners agreed; it is never itself a lawful basis, and its absence stops no emergency.
"""

from jigsaw.sharing_rules.agreements.answer import AgreementAnswer
from jigsaw.sharing_rules.agreements.chains import wrong_chains
from jigsaw.sharing_rules.agreements.comparing import Change, Consequence, changes, consequences
from jigsaw.sharing_rules.agreements.compiling import Compiled, compiled
from jigsaw.sharing_rules.agreements.model import (
    FORMAT,
    Agreement,
    AgreementParty,
    Clause,
    Contact,
    Effect,
    Identifier,
    Kept,
)
from jigsaw.sharing_rules.agreements.odrl import as_odrl
from jigsaw.sharing_rules.agreements.reading import read
from jigsaw.sharing_rules.agreements.shipped import sharetown, template
from jigsaw.sharing_rules.agreements.words import clause_in_words, in_words, kept_in_words, whom_it_affects
from jigsaw.sharing_rules.problems import Problem, UnreadableAgreement

__all__ = [
    "FORMAT",
    "Agreement",
    "AgreementAnswer",
    "AgreementParty",
    "Change",
    "Clause",
    "Compiled",
    "Consequence",
    "Contact",
    "Effect",
    "Identifier",
    "Kept",
    "Problem",
    "UnreadableAgreement",
    "as_odrl",
    "changes",
    "clause_in_words",
    "compiled",
    "consequences",
    "in_words",
    "kept_in_words",
    "read",
    "sharetown",
    "template",
    "whom_it_affects",
    "wrong_chains",
]
