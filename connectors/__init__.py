"""FETCH. Other systems become normalised rows, a page at a time."""
