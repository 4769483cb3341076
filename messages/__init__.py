"""WORD IT. Views in, Block Kit out; sends nothing."""
