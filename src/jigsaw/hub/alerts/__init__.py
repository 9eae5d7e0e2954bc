"""Someone must know now: notices, each to one practitioner, about something that has just happened."""
