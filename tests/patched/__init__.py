"""Tests that run services inside the test process: ``python -m tests.patched`` (standard library patched by eventlet)."""
