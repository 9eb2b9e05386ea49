"""Who is who in an item."""
