"""How well arrivals are foretold: `make bench-eta`, over any folder of recorded trips."""
