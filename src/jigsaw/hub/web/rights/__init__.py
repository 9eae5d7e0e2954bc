"""What families ask about the information on them: noting it, deciding on it, and handing over the answer."""
