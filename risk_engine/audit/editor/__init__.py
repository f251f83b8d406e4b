"""What an editor shows of a set while somebody writes it, and the language server that tells it (decision 98)."""
