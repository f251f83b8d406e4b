"""Questions about a criteria set over all possible cases, asked of a solver; every case it finds the engine confirms.

`space` holds all cases of a set and asks; `watch` names what is looked at, in terms and in what the engine found;
`example` makes a case of an answer and replays it; `occur`, `steps`, `monotone`, `promises`, `options` and `directions`
ask the questions; `prove` asks all of them.
"""
