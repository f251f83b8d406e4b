"""What every room stands on: strict files with places, problems in plain words, languages, processes, writing."""
