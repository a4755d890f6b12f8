"""Runs pytest on this folder after eventlet has patched the standard library; the arguments go to pytest."""

import sys
import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet  # noqa: E402 - after the filter above

eventlet.monkey_patch()

import pytest  # noqa: E402 - after the patch

if __name__ == "__main__":
    sys.exit(pytest.main(["tests/patched", *sys.argv[1:]]))
