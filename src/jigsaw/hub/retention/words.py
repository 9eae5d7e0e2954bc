"""Where do the words stand of each kind of thing that is disposed of, and what stands there afterwards?

One place for all tables, as the policies of `kit.guard` are: what is named here is taken out in one transaction, and a
column that holds words and is named nowhere fails a test. A row stays where others point at it, without its words (a
tombstone); it goes where nothing does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

STONE = "[disposed of]"


@dataclass(frozen=True)
class Words:
    """Rows of one table: which (`of`, SQL over the named lists of ids in `Thing.ids`), and what becomes of them.

    `texts` say STONE from then on where they said something; `sets` takes other columns as SQL. `goes`: the rows themselves go.
    `made`: worked out from others, so no part of what the proof is of. `large`: columns that are none either, because of
    their size; what is kept of them as a fingerprint is.
    """

    table: str
    of: str
    texts: tuple[str, ...] = ()
    sets: Mapping[str, str] = field(default_factory=dict)
    goes: bool = False
    made: bool = False
    large: tuple[str, ...] = ()


@dataclass(frozen=True)
class Thing:
    """A kind of thing: the lists of ids its rows are found by, each as SQL over those before and `thing`; and its words."""

    ids: Mapping[str, str]
    words: tuple[Words, ...]
    log: tuple[str, ...] = ()
    """What the log calls it: words that somebody typed there about it go as well."""


UNSEALED = {"words_key": "NULL", "sealed_words": "NULL"}
OF_CHAIN = "entry_id = ANY(%(chain)s)"

ENTRY = Thing(
    ids={
        "chain": "SELECT id FROM chronology_entry WHERE id = %(thing)s OR first_id = %(thing)s",
        "people": "SELECT DISTINCT record.person_id FROM chronology_entrysubject AS subject"
        " JOIN people_personrecord AS record ON record.id = subject.record_id WHERE subject.entry_id = ANY(%(chain)s)",
        "days": "SELECT DISTINCT happened_on FROM chronology_entry WHERE id = ANY(%(chain)s)",
        "copies": "SELECT asked.id FROM rights_rightsrequest AS asked JOIN chronology_entry AS entry"
        " ON entry.agency_id = asked.agency_id WHERE entry.id = %(thing)s AND asked.kind = 'copy'"
        " AND asked.person_id = ANY(%(people)s) AND asked.given IS NOT NULL",
    },
    words=(
        Words(
            "chronology_release",
            OF_CHAIN,
            texts=("title", "text", "child_words", "source", "handling"),
            sets=UNSEALED | {"ends_at": "least(coalesce(ends_at, %(now)s), %(now)s)"},
        ),
        Words(
            "disclosures_answereditem",
            OF_CHAIN,
            texts=("withheld_reason", "review_when", "reopened_why"),
            sets={
                "verdict": "jsonb_build_object('answer', verdict -> 'answer', 'findings', '[]'::jsonb)",
                "review_on": "NULL",
            },
        ),
        Words("disclosures_releaseproposal", OF_CHAIN, texts=("reason", "decided_why")),
        Words("chronology_familywords", OF_CHAIN, goes=True),
        Words("corrections_writtenmeanwhile", OF_CHAIN, goes=True),
        Words("patterns_pointed", OF_CHAIN, goes=True),
        Words(
            "rights_redaction",
            "item = ANY(SELECT 'entry:' || one FROM unnest(%(chain)s::uuid[]) AS one"
            " UNION ALL SELECT 'document:' || id FROM chronology_document WHERE entry_id = ANY(%(chain)s))",
            texts=("words", "because", "decided_because"),
        ),
        Words(
            "chronology_releaseddocument",
            "document_id = ANY(SELECT id FROM chronology_document WHERE entry_id = ANY(%(chain)s))",
            goes=True,
        ),
        Words("chronology_document", OF_CHAIN, goes=True, large=("content",)),
        # What a family was given says no id: every entry of the same day goes from the kept copy.
        Words(
            "rights_rightsrequest",
            "id = ANY(%(copies)s)",
            sets={
                "given": "jsonb_set(given, '{items}', (SELECT coalesce(jsonb_agg(CASE WHEN item ->> 'kind' IN ('entry', 'document')"
                " AND (item ->> 'day')::date = ANY(%(days)s::date[]) THEN item || jsonb_build_object('parts',"
                " jsonb_build_array(jsonb_build_object('name', 'title', 'text', %(stone)s::text))) ELSE item END"
                " ORDER BY place), '[]'::jsonb)"
                " FROM jsonb_array_elements(given -> 'items') WITH ORDINALITY AS one(item, place)))"
            },
        ),
        Words("chronology_entrysubject", OF_CHAIN, goes=True),
        Words(
            "chronology_entry",
            "id = ANY(%(chain)s)",
            texts=("text", "child_words", "source", "corrected_because"),
            sets=UNSEALED
            | {
                "title": "%(said)s",
                "protect": "'{}'",
                "sealed": "''",
                "police_grading": "''",
                "happened_at": "NULL",
                "happened_on": "date_trunc('year', happened_on)::date",
                "key_event": "false",
                "about_adult": "false",
                "special_category": "false",
                "disposed_in": "%(reference)s",
            },
        ),
    ),
    log=("entry ",),
)

THINGS: dict[str, Thing] = {"entry": ENTRY}
