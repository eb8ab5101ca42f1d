"""The figures in the README, re-made by one command each: ``make bench``, or ``python -m benchmarks.<name>``."""
