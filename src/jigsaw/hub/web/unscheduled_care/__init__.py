"""Unscheduled care: the look, who came, what an authority hears, and messages that wait for a person."""
