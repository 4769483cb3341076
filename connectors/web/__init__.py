"""Any service that answers in JSON, as a source: a list at a path, paged or not."""
