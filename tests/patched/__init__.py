"""Tests that run services inside the test process, under eventlet's patch: ``python -m tests.patched``."""
