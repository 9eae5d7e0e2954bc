"""What has the partnership agreed: ratings and clocks, levels of need, guidance, instruments?"""
