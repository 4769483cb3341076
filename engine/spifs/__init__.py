"""SPIFs: time-boxed incentives, from their rules to the prizes that stand on a statement. Pure.

definition  what a SPIF's rules may say              records    rules ⇄ JSON, and their hash
checks      what is wrong with them                  templates  ten common SPIFs, ready to fill in
entries     which credits count, and for how much    scores     credits → one score per rep
awards      scores → prizes, within the budget       standings  ranks, gaps, near misses
life        states S1 to S13, and who may move them  lines      prizes → rows of the statement, and back
dry_run     the rules over past periods              review     whether it worked
answers     what the bot is asked about a SPIF
"""
