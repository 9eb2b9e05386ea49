"""The desk's web pages: each module answers some addresses; templates and style beside them."""
