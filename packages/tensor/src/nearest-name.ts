/** Which of a few names a mistyped or foreign one may mean, such as `hard_sigmoid` for `hardSigmoid`. */

/** The name that has most pairs of neighbouring letters in common (Dice 1945), or undefined if none has two fifths of them. */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  const wanted = pairsOf(word);
  const likeness = names.map((name) => {
    const pairs = pairsOf(name);
    const common = [...pairs].filter((pair) => wanted.has(pair)).length;
    return (2 * common) / (pairs.size + wanted.size);
  });
  const best = Math.max(...likeness);
  return best >= 0.4 ? names[likeness.indexOf(best)] : undefined;
}

/** Pairs of letters, digits and the word's ends, whatever the case and what joins the parts of a name. */
function pairsOf(word: string): Set<string> {
  const letters = `<${word.toLowerCase().replaceAll(/[^a-z0-9]/g, "")}>`;
  return new Set(Array.from({ length: letters.length - 1 }, (_, at) => letters.slice(at, at + 2)));
}
