"""The gateway: the HTTP API of everything and the screens, and nothing else: no database, no rule of business.

Owns: nothing. Emits: nothing. Hears: every event, for the live feed.
Offers: ``/api/v1`` (OpenAPI 3.1), screens at ``/``.
Each view is schema in → one or a few RPC calls, in parallel where they are independent → schema out.
"""
