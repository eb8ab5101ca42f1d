"""The crash harness: a desk that is killed, the two ends it talks to, clients that come again, and what is checked."""
