"""Mutants: a set with one small change each, and whether one of its own cases notices.

A mutant that no case notices survives: either a case is missing, or the change makes no difference and somebody says
why (mutants.yaml). `operators` names the changes; `conditions` and `every` make them; `runs`, `reach` and `verdict`
find the case that turns red; `check` does all of it for one version.
"""
