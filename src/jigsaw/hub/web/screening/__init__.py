"""Screen concerns: who is this, how urgent, what next?"""
