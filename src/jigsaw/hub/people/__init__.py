"""Who is this person, who are they related to, and which agencies know them?"""
