"""One agency asks others what they know."""
