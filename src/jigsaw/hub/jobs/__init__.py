"""Work nobody starts by hand: each job takes `now` and calls one operation; twice changes nothing."""
