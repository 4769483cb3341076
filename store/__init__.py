"""REMEMBERS. The only room with SQL."""
