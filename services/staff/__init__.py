"""Staff: who works here and may do what.

Owns: staff users, groups of them, sessions, API tokens, addresses of calendars, log-in throttles.
Emits: ``staff_user.created.v1``. Hears: nothing.
Offers: ``log_in log_out authenticate change_password sessions end_session end_sessions set_preferences staff_users
staff_user create_staff_user update_staff_user staff_groups staff_group create_staff_group update_staff_group owners
api_tokens create_api_token revoke_api_token calendar_address renew_calendar_address withdraw_calendar_address
calendar_owner``.
"""
