"""To-dos, calls, meetings and visits on screen: their forms and pages, and the calendar that others subscribe to."""
