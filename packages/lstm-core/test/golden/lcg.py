"""Numbers that a golden script and its test both make, so that the file need not hold them; test/lcg.ts does the same."""
import torch


class Lcg:
    """A linear congruential generator (Numerical Recipes): exact in float64, and its numbers are float32 values."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return (self.state >> 8) / 2**23 - 1  # in [-1, 1), a multiple of 2^-23

    def draw(self, *shape, scale=1.0):
        size = 1
        for extent in shape:
            size *= extent
        return torch.tensor([self.next() * scale for _ in range(size)], dtype=torch.float64).reshape(shape)


def rounded(number):
    return float(f"{number:.9g}")


def summary(tensor):
    """All elements of a small tensor; of a larger one every so many-th, and two sums with signs from an Lcg over all."""
    values = tensor.detach().reshape(-1).tolist()
    if len(values) <= 12:
        return [rounded(value) for value in values]
    stride = -(-len(values) // 8)
    lcg = Lcg(len(values))
    sums = [0.0, 0.0]
    for value in values:
        for which in range(2):
            sums[which] += value if lcg.next() >= 0 else -value
    return [rounded(value) for value in values[::stride] + sums]
