"""Destinations that come with Mainstem, each registered as another package's would be: by entry point."""
