"""What the API takes and gives, one module for each group of resources.

Names ending in ``In`` are taken: unknown fields are refused. The others are given: services may know more.
"""
