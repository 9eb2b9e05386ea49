"""How a service is watched: what it counts, what its tables say, whether it can do its work."""
