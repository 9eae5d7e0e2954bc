"""What happened when, who said so, and how do they know?"""
