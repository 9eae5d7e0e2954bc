"""Lead an enquiry: who knows, ask, read, decide, close."""
