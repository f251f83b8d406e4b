"""Impact of a change of criteria: every stored case under both versions, and what came out differently and why."""
