"""Hypothesis profiles: `dev` at home, `ci` where CI=true; HYPOTHESIS_PROFILE names one."""

import os

from hypothesis import settings

settings.register_profile("dev", max_examples=100, deadline=None)
# The same examples on every run, and no time limit for one: a busy machine must not turn a build red.
settings.register_profile("ci", max_examples=300, derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") == "true" else "dev"))
