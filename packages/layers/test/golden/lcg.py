"""Numbers that a golden script and its test both make, so that the file need not hold them; test/lcg.ts does the same."""


class Lcg:
    """A linear congruential generator (Numerical Recipes): exact in float64, and its numbers are float32 values."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return (self.state >> 8) / 2**23 - 1  # in [-1, 1), a multiple of 2^-23
