/** Numbers as Python's format prints them. */

/** `value` with so many decimals; of two that are equally near, the one whose last digit is even, where `toFixed` takes the larger. */
export function formatFixed(value: number, decimals: number): string {
  const halves = value * 2 ** (decimals + 1);
  const isBetween = Number.isInteger(halves) && halves % 2 !== 0; // only then is value * 10^decimals a half, and exact
  if (!isBetween) return value.toFixed(decimals);
  const scaled = value * 10 ** decimals;
  const below = Math.floor(scaled);
  return ((below % 2 === 0 ? below : below + 1) / 10 ** decimals).toFixed(decimals);
}
