"""The HTTP API: one module for each group of resources, and the schemas of what they take and give."""
