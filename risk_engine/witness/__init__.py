"""Cases that a solver finds among all possible ones: asked for, made as small as can be, replayed through the engine.

`space` holds the cases and asks; `smallest` searches; `watch` names what is looked at, in terms and in what the engine
found; `example` makes a case of an answer and replays it.
"""
