"""Coverage-guided fuzzing of everything that parses what strangers write. Not part of the package."""
