"""A reader and an emitter that exist for the tests of the chassis alone."""
