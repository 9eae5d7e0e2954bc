"""A concern, with all that came of it: its screening, enquiry and decisions, what was asked for it and answered, who heard back.

What others were told for it ends and says nothing any more; the entries that it was told of are their agencies’, and stay.
"""

from jigsaw.hub.retention.things.shape import ENDED, UNSEALED, Thing, Words, gone

# It is over once it was closed with advice, or the enquiry that it became is.
CANDIDATES = """
    SELECT referral.id, referral.to_agency_id, '{}'::text[],
           jsonb_build_object('recorded', greatest(referral.received_at, max(enquiry.closed_at), max(closing.decided_at),
               max(feedback.given_at), max(asked.answered_at))::date)::text,
           jsonb_agg(DISTINCT jsonb_build_array(person.id, person.born, person.died_on, referral.received_at::date))::text
      FROM referrals_referral AS referral
      LEFT JOIN enquiries_enquiry AS enquiry ON enquiry.referral_id = referral.id
      LEFT JOIN decisions_decision AS closing ON closing.id = referral.closing_id
      LEFT JOIN referrals_feedback AS feedback ON feedback.referral_id = referral.id
      LEFT JOIN information_requests_informationrequest AS request ON request.enquiry_id = enquiry.id
      LEFT JOIN information_requests_recipient AS asked ON asked.request_id = request.id
      JOIN LATERAL (SELECT record_id FROM referrals_referralperson WHERE referral_id = referral.id
                     UNION SELECT record_id FROM enquiries_enquirysubject WHERE enquiry_id = enquiry.id) AS named ON true
      JOIN people_personrecord AS record ON record.id = named.record_id
      JOIN people_person AS person ON person.id = record.person_id
     WHERE (referral.state = 'closed' OR enquiry.closed_at IS NOT NULL)
       AND (%(thing)s::uuid IS NULL OR referral.id = %(thing)s)
     GROUP BY referral.id
    HAVING referral.received_at < %(before)s OR bool_or(person.died_on IS NOT NULL)
"""
OF_CONCERN = "referral_id = %(thing)s"
OF_ENQUIRY = "enquiry_id = ANY(%(enquiries)s)"
OF_REQUEST = "request_id = ANY(%(requests)s)"
OF_RECIPIENT = "recipient_id = ANY(%(recipients)s)"
OF_DECISION = "decision_id = ANY(%(decisions)s)"
TOLD_FOR_IT = "reference = ANY(%(references)s)"

CONCERN = Thing(
    candidates=CANDIDATES,
    stands="SELECT EXISTS (SELECT FROM referrals_referral WHERE id = %(thing)s)",
    called="SELECT id, reference FROM referrals_referral WHERE id = ANY(%(things)s)",
    ids={
        "enquiries": "SELECT id FROM enquiries_enquiry WHERE referral_id = %(thing)s",
        "requests": "SELECT id FROM information_requests_informationrequest WHERE enquiry_id = ANY(%(enquiries)s)",
        "recipients": "SELECT id FROM information_requests_recipient WHERE request_id = ANY(%(requests)s)",
        "answers": "SELECT id FROM disclosures_answer WHERE recipient_id = ANY(%(recipients)s)",
        "items": "SELECT id FROM disclosures_answereditem WHERE answer_id = ANY(%(answers)s)",
        "feedback": "SELECT id FROM referrals_feedback WHERE referral_id = %(thing)s",
        "holds": "SELECT id FROM retention_hold WHERE enquiry_id = ANY(%(enquiries)s)",
        "references": "SELECT reference FROM referrals_referral WHERE id = %(thing)s"
        " UNION SELECT reference FROM enquiries_enquiry WHERE id = ANY(%(enquiries)s)",
        "named": "SELECT reference FROM information_requests_recipient WHERE id = ANY(%(recipients)s)"
        " UNION SELECT unnest(%(references)s::text[])",
        # With what each took the place of.
        "decisions": "WITH RECURSIVE made AS ("
        " (SELECT decision_id AS id FROM enquiries_thresholddecision WHERE enquiry_id = ANY(%(enquiries)s)"
        " UNION SELECT decision_id FROM disclosures_answer WHERE id = ANY(%(answers)s)"
        " UNION SELECT closing_id FROM referrals_referral WHERE id = %(thing)s AND closing_id IS NOT NULL)"
        " UNION SELECT later.supersedes_id FROM made JOIN decisions_decision AS later ON later.id = made.id"
        " WHERE later.supersedes_id IS NOT NULL) SELECT id FROM made",
    },
    words=(
        Words(
            "chronology_release",
            TOLD_FOR_IT,
            texts=("title", "text", "child_words", "source", "handling"),
            sets=UNSEALED | ENDED,
        ),
        gone(
            "chronology_releaseddocument",
            "release_id IN (SELECT id FROM chronology_release WHERE reference = ANY(%(references)s))",
        ),
        Words("people_grant", TOLD_FOR_IT, sets=ENDED),
        gone("disclosures_answereditem", "id = ANY(%(items)s)"),
        gone("disclosures_answer", "id = ANY(%(answers)s)"),
        # How another agency came to let something out is its own.
        gone("disclosures_releaseproposal", OF_RECIPIENT, others=True),
        gone("information_requests_requestevent", OF_RECIPIENT),
        gone("information_requests_recipient", "id = ANY(%(recipients)s)"),
        gone("information_requests_requestsubject", OF_REQUEST),
        gone("information_requests_informationrequest", "id = ANY(%(requests)s)"),
        gone("enquiries_thresholddecision", OF_ENQUIRY),
        gone("enquiries_enquirysubject", OF_ENQUIRY),
        # A live one stops it; why there was one is about this enquiry.
        gone("retention_hold", "id = ANY(%(holds)s)", others=True),
        gone("enquiries_enquiry", "id = ANY(%(enquiries)s)"),
        gone("patterns_pointed", OF_CONCERN),
        *(
            gone(table, OF_CONCERN)
            for table in (
                "referrals_referralperson",
                "referrals_statement",
                "referrals_rating",
                "referrals_feedback",
            )
        ),
        gone("referrals_referral", "id = %(thing)s"),
        gone("decisions_participant", OF_DECISION),
        gone("decisions_decision", "id = ANY(%(decisions)s)"),
        gone("alerts_notice", "reference = ANY(%(named)s)", made=True),
    ),
    log={
        "referral ": "itself",
        "concern ": "itself",
        "feedback ": "feedback",
        "enquiry ": "enquiries",
        "recipient ": "recipients",
        "answer ": "answers",
        "item ": "items",
        "hold ": "holds",
    },
)
