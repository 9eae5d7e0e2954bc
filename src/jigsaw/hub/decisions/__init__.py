"""Who decided what, on which grounds?"""
