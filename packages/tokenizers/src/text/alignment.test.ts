import fc from "fast-check";
import { expect, test } from "vitest";
import { AlignedText, AlignedTextBuilder } from "./aligned-text.ts";
import { Alignment } from "./alignment.ts";

type Step = readonly ["copy" | "replace", start: number, length: number];

const steps = fc.array(
  fc.tuple(fc.constantFrom("copy" as const, "replace" as const), fc.nat(20), fc.integer({ min: 0, max: 5 })),
);

/** The alignment that steps make, and the same unit by unit. */
function make(made: readonly Step[]): readonly [Alignment, (readonly [number, number])[]] {
  const alignment = new Alignment();
  const units: (readonly [number, number])[] = [];
  for (const [kind, start, length] of made) {
    if (kind === "copy") {
      alignment.copy(start, length);
      for (let i = 0; i < length; i++) units.push([start + i, start + i + 1]);
    } else {
      alignment.replace(start, start + 3, length);
      for (let i = 0; i < length; i++) units.push([start, start + 3]);
    }
  }
  return [alignment, units];
}

test("runs say the same as a table of units, in whatever order units are asked for", () => {
  fc.assert(
    fc.property(steps, fc.array(fc.nat(100)), (made, order) => {
      const [alignment, units] = make(made);
      expect(alignment.length).toBe(units.length);
      for (const unit of [...units.keys(), ...order.filter((at) => at < units.length)]) {
        expect([alignment.startOf(unit), alignment.endOf(unit)]).toEqual(units[unit]);
      }
    }),
  );
});

test("a part of an alignment can be appended to another", () => {
  fc.assert(
    fc.property(steps, steps, fc.nat(30), fc.nat(30), (first, second, a, b) => {
      const [alignment, units] = make(first);
      const [other, others] = make(second);
      const [from, to] = [Math.min(a, b, others.length), Math.min(Math.max(a, b), others.length)];
      alignment.append(other, from, to);
      const expected = [...units, ...others.slice(from, to)];
      expect(expected.map((_, unit) => [alignment.startOf(unit), alignment.endOf(unit)])).toEqual(expected);
    }),
  );
});

test("a slice of a changed text of a slice still stands where it came from", () => {
  const source = AlignedText.of("one two three").slice(4, 13); // two three
  const changed = new AlignedTextBuilder(source).copy(0, 3).replace("--", 3, 4).copy(4, 9).build();
  expect(changed.text).toBe("two--three");
  const three = changed.slice(4, 10);
  expect([three.text, three.origin]).toEqual(["-three", 7]);
  expect([three.originalRange(0, 1), three.originalRange(1, 6)]).toEqual([
    [7, 8],
    [8, 13],
  ]);
  expect(three.prepend("_", 2).originalRange(0, 1)).toEqual([7, 9]);
});
