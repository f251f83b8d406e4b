"""Mutants: a set with one small change each, and whether one of its own cases notices.

A mutant that no case notices survives: either a case is missing, or the change makes no difference and somebody says
why (mutants.yaml). `variations` and `every` make the changes; `verdict` finds the case that turns red; `check` does all
of it for one version.
"""
