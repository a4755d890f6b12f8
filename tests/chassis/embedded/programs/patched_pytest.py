"""pytest with everything monkey-patched by eventlet before the first import."""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402 - everything else comes after the patching

import pytest  # noqa: E402

sys.exit(pytest.main(sys.argv[1:]))
