"""Slash commands, one file each: parse the words, ask one operation, say the answer."""
