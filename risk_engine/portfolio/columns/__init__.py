"""Many cases in columns: the criteria read as expressions over tables, and what comes of it as columns again."""
