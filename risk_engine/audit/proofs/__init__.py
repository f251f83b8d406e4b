"""Questions about a criteria set over all possible cases, asked of a solver; every case it finds the engine confirms.

`occur`, `steps`, `monotone`, `promises`, `options` and `directions` ask the questions; `prove` asks all of them.
"""
