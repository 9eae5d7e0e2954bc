"""When is the time of what agencies hold over, who decides what becomes of it, and what proves that it is gone?"""
