"""Other systems as they behave, in memory: for the tests, and for a first run without any account."""
