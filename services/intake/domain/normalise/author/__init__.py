"""Who wrote an item."""
