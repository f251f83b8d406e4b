"""What an office does with cases: questionnaires, the interview, the register; built on the core, beside the audit."""
