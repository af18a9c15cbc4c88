"""The shell of the pages: formats for dates and durations, template tags, navigation."""
