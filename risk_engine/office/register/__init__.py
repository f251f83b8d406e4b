"""A plain folder as the register of an office: cases, assessments, decisions and evidence, one sub-folder per case."""
