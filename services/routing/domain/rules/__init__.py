"""The rules of routing, grouped by what they look at; ``policy.py`` gives their order."""
