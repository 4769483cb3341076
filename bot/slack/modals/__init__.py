"""Forms, one file each: what is wrong with what was entered, and what is done with it."""
