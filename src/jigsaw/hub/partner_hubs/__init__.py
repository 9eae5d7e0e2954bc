"""Does another hub, with which nothing else is shared, know this child? Only yes, no or ask a person."""
