"""The schema's history: one file in versions/ for each step, never changed once released."""
