"""One case: evaluate, resolve, find, rate, propose, and with all of it assess."""
