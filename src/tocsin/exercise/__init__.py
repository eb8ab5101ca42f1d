"""A bundled crisis, wholly invented: reports, outlets, places and the truth about them. Marked EXERCISE throughout."""

from tocsin.exercise.loader import Crisis, load_boundaries, load_exercise, load_truth

__all__ = ["Crisis", "load_boundaries", "load_exercise", "load_truth"]
