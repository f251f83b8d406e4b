"""`python -m risk_engine` is the command `risk-engine`."""

from risk_engine.cli import main

main()
