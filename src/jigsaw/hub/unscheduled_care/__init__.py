"""A child with a plan comes to unscheduled care: who there may see that there is one, and who is told?"""
