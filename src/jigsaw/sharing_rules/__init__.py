"""May this piece of information be shared, with whom and on what ground?

Start at `may_share.py`: a list of checks. Each check is one file in `checks/`, and cites its source.
`may_withhold.py` asks the same of a decision not to share. Nothing here scores risk: that judgement
stays with people. Nothing here knows Django or the database: values in, a verdict in words out.
"""
