"""Training the encoder: corpora, examples, the model, its export and its card. Not part of the package."""
