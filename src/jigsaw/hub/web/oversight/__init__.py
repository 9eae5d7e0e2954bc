"""How well are we sharing?"""
