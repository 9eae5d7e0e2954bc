"""Who are the partners: authorities, agencies, teams, practitioners, roles, and whom to ring?"""
