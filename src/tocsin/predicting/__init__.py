"""Answers to benchmarks: what `tocsin bench` writes for a scorer to compare, a module for each kind of task."""
