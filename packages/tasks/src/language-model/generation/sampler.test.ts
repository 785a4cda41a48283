import { expect, test } from "vitest";
import { Sampler } from "./sampler.ts";

/** Probabilities 0.1, 0.4, 0.3 and 0.2. */
const scores = [0.1, 0.4, 0.3, 0.2].map(Math.log);

/** How often each id is drawn of 4,000 times. */
function shares(options: ConstructorParameters<typeof Sampler>[0], excluded: number[] = []): number[] {
  const sampler = new Sampler(options, excluded);
  const counts = [0, 0, 0, 0];
  for (let draw = 0; draw < 4000; draw++) counts[sampler.draw(scores)]! += 1;
  return counts.map((count) => count / 4000);
}

// Of 4,000 draws a share of 0.4 has a deviation of 0.008.
const near = (expected: readonly number[]) => expected.map((share) => expect.closeTo(share, 1));

test("ids are drawn by their probabilities", () => {
  const drawn = shares({ seed: 1 });
  for (const [id, share] of [0.1, 0.4, 0.3, 0.2].entries()) expect(Math.abs(drawn[id]! - share)).toBeLessThan(0.03);
});

test("a temperature of 0 takes the likeliest, a low one makes it likelier, a high one less so", () => {
  expect(shares({ temperature: 0 })).toEqual([0, 1, 0, 0]);
  expect(shares({ temperature: 0.5 })).toEqual(near([0.01, 0.16, 0.09, 0.04].map((square) => square / 0.3)));
  expect(shares({ temperature: 1000 })).toEqual(near([0.25, 0.25, 0.25, 0.25]));
});

test("topK and topP leave the likeliest, and excluded ids are never drawn", () => {
  expect(shares({ topK: 2 })).toEqual(near([0, 4 / 7, 3 / 7, 0]));
  expect(shares({ topP: 0.69 })).toEqual(near([0, 4 / 7, 3 / 7, 0]));
  expect(shares({ topP: 0.71 })).toEqual(near([0, 4 / 9, 3 / 9, 2 / 9]));
  expect(shares({ topK: 1 })).toEqual([0, 1, 0, 0]);
  expect(shares({ topP: 0.01 })).toEqual([0, 1, 0, 0]);
  expect(shares({}, [1])).toEqual(near([1 / 6, 0, 3 / 6, 2 / 6]));
});

test("the seed alone decides", () => {
  expect(shares({ seed: 3 })).toEqual(shares({ seed: 3 }));
  expect(shares({ seed: 3 })).not.toEqual(shares({ seed: 4 }));
});

test("of equals the lowest id is the likeliest", () => {
  expect(new Sampler({ temperature: 0 }).draw([1, 2, 2])).toBe(1);
  expect(new Sampler({ topK: 1 }).draw([2, 1, 2])).toBe(0);
});

test.each([
  [{ temperature: -1 }, "temperature to be a number >= 0, got -1"],
  [{ topK: 0 }, "topK to be an integer >= 1, got 0"],
  [{ topP: 0 }, "topP to be a number in (0, 1], got 0"],
])("%o is refused", (options, message) => {
  expect(() => new Sampler(options)).toThrow(message);
});
