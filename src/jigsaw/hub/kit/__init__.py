"""Ground floor: clock, ids, errors, the acting practitioner, drafts, outbox. Knows nothing of children."""
