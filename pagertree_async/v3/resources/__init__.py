"""The resources of API v3, one a file: the object, what its calls take, and its service."""
