"""Questions about a criteria set over all possible cases, asked of a solver; every case it finds the engine confirms.

`claims` and `monotone` put the questions, by means of `ask`; `prove` puts all of them.
"""
