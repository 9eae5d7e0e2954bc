"""What may a family ask of what is held about them, by when is it answered, and who decided what they are told?"""
