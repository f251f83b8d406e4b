"""Every possible case at once: conditions, findings, ratings and ladders as terms for the solver z3 (extra `audit`).

`domains` says which answers rules can tell apart, `blanks` is a case in which every answer is open, `facts` resolves it
as the engine resolves a case, `conditions` reads a condition as a pair of terms, `findings`, `ratings` and `ladders`
make the results from it, `reading` holds all of that for one criteria set, `decode` makes a case of a solver's answer.
"""
