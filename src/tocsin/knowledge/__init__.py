"""The one place for words, codes, rules and weights as data, and their loaders."""
