"""Accounts, roles and what the partnership agreed."""
