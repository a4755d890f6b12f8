"""The services around contacts and mail: each owns its database and speaks by events and RPC alone."""
