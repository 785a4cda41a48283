/** `export --format html` writes a page that answers by itself, opened from the file system without a network. */
import { expect, inject, test } from "vitest";
import { commands } from "vitest/browser";

interface Line {
  readonly text: string;
  readonly prediction: string;
  readonly probs: Readonly<Record<string, number>>;
}

test("a classifier in a file answers with Node's bits in less than 50 ms, and marks the words that count", async () => {
  const { path, printed } = inject("classifierPage");
  const lines = printed
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line)
    .filter(({ text }) => text !== "");
  expect(lines.length).toBeGreaterThan(3);
  const { shown, looks, ...asked } = await commands.typeIntoPage(
    path,
    lines.map(({ text }) => text),
  );
  expect(asked).toEqual({ requests: ["classifier.html"], errors: [], fetched: "connect-src" });
  expect(looks).toEqual([
    { overflow: 0, faults: [] },
    { overflow: 0, faults: [] },
  ]);
  for (const [place, { text, prediction, probs }] of lines.entries()) {
    const { marks, ...seen } = shown[place]!;
    const written = Object.fromEntries(Object.entries(probs).map(([label, prob]) => [label, String(prob)]));
    expect(seen).toMatchObject({ text, probs: written, status: expect.stringContaining(prediction) });
    for (const { kind, score } of marks) expect(kind).toBe(score > 0 ? "for" : "against");
  }
  const [first, second] = shown;
  for (const { marks } of [first!, second!]) expect(marks.length).toBeGreaterThan(0);
  expect(Math.max(first!.elapsedMs, second!.elapsedMs)).toBeLessThan(50);
});
