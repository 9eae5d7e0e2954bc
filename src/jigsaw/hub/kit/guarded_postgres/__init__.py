"""Django's PostgreSQL backend, which tells the database for whom each transaction is (see `kit.context`)."""
