"""Signing in: who asks, what he may do, and the pages for it."""
