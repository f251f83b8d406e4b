"""Questionnaires that people fill in: which questions, as a workbook or a document, and what came back."""
