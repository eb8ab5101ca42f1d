"""The command line: one module for each word that follows `tocsin`, put together in `commands`."""
