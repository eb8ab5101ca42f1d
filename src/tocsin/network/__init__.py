"""Which machines may be reached, and one guarded connection to them: for whatever room speaks to the network."""
