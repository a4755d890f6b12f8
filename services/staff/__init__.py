"""Staff: who works here and may do what, and what each of them is to be told.

Owns: staff users, groups of them, sessions, API tokens, addresses of calendars, log-in throttles, notices.
Emits: ``staff_user.created.v1``.
Hears: activity.reminded, contact.created, .updated, organization.created, .updated (notices to those concerned).
Offers: ``log_in log_out authenticate change_password sessions end_session end_sessions set_preferences staff_users
staff_user create_staff_user update_staff_user staff_groups staff_group create_staff_group update_staff_group owners
owners_among api_tokens create_api_token revoke_api_token calendar_address renew_calendar_address
withdraw_calendar_address calendar_owner notices read_notice read_notices``.
"""
