"""Settings: one's own profile; for admins staff users, groups and how contacts work."""
