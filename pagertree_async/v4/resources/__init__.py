"""The resources of API v4, one a file: the object, what its calls take, and its service."""
