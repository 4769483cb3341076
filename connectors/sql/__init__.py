"""Any database that SQLAlchemy reads, as a source: one SELECT for each kind."""
