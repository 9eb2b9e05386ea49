"""Decisions that start a legal clock, as texts tell of them."""
