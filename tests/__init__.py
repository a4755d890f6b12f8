"""The tests, mirroring the folders of the code; `infra` holds the real servers they run on."""
