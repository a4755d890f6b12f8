"""The frame of all screens: log-in, navigation, quick search, preferences, errors."""
