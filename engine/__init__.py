"""DECIDES. Pure: frames and dates in, lines and problems out."""
