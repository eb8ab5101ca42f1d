"""What the project's own people run: building, locking, documenting, releasing."""
