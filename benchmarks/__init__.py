"""Measurements beside peers, in one run, as ratios."""
