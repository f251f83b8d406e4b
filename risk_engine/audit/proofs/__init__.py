"""Questions about a criteria set over all possible cases, asked of a solver; every case it finds the engine confirms.

`reachability`, `monotone` (over `steps`) and `promises` ask the questions; `prove` asks all of them.
"""
