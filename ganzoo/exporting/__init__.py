"""A run exported into a folder that a server loads."""
