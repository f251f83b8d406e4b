"""Assessments, decisions and outlooks as sealed files: read, verified, decided on, confirmed, superseded."""
