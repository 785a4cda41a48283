import { expect, test } from "vitest";
import { arithmeticOptions } from "../../config.ts";
import { generateArithmetic } from "./generate.ts";

const options = arithmeticOptions.parse({});
const sizes = { train: 2000, dev: 200, test: 200, longer: 200 };
const numbersOf = (source: string) => /^(\d+)[+-](\d+)$/.exec(source)!.slice(1) as [string, string];

test("each target is the result of its source, and numbers have no leading zeros", () => {
  for (const pairs of Object.values(generateArithmetic(options, sizes, 0))) {
    for (const { source, target } of pairs) {
      const [left, right] = numbersOf(source);
      expect([left, right]).toEqual([String(Number(left)), String(Number(right))]);
      expect(target).toBe(String(source.includes("+") ? Number(left) + Number(right) : Number(left) - Number(right)));
    }
  }
});

test("two numbers are in one split alone, in whatever order and with whatever operation", () => {
  const owners = new Map<string, string>();
  for (const [split, pairs] of Object.entries(generateArithmetic(options, sizes, 0))) {
    expect(new Set(pairs.map(({ source }) => source)).size).toBe(pairs.length);
    for (const { source } of pairs) {
      const numbers = numbersOf(source).map(Number).sort().join(" ");
      expect(owners.get(numbers) ?? split).toBe(split);
      owners.set(numbers, split);
    }
  }
});

test("numbers of train, dev and test have at most so many digits, and longer has more in each pair", () => {
  const { longer, ...trained } = generateArithmetic({ ...options, digits: 2, longerDigits: 4 }, sizes, 0);
  const longest = (source: string) => Math.max(...numbersOf(source).map((number) => number.length));
  for (const { source } of Object.values(trained).flat()) expect(longest(source)).toBeLessThanOrEqual(2);
  for (const { source } of longer) expect(longest(source)).toBeGreaterThan(2);
  expect(new Set(longer.map(({ source }) => longest(source)))).toEqual(new Set([3, 4]));
});

test("only the seed decides, and test and dev do not depend on how large train is", () => {
  expect(generateArithmetic(options, sizes, 3)).toEqual(generateArithmetic(options, sizes, 3));
  expect(generateArithmetic(options, sizes, 3).test).not.toEqual(generateArithmetic(options, sizes, 4).test);
  expect(generateArithmetic(options, { ...sizes, train: 9 }, 3).test).toEqual(
    generateArithmetic(options, sizes, 3).test,
  );
  expect(generateArithmetic(options, sizes, 0).test.slice(0, 5)).toMatchInlineSnapshot(`
    [
      {
        "source": "5-7",
        "target": "-2",
      },
      {
        "source": "385-9",
        "target": "376",
      },
      {
        "source": "50+870",
        "target": "920",
      },
      {
        "source": "617-1",
        "target": "616",
      },
      {
        "source": "982-613",
        "target": "369",
      },
    ]
  `);
});

test("operations can be limited, and sizes that cannot be met are refused", () => {
  const sums = generateArithmetic({ ...options, operations: ["add"] }, sizes, 0).train;
  expect(sums.every(({ source }) => source.includes("+"))).toBe(true);
  expect(() => generateArithmetic({ ...options, digits: 1 }, { ...sizes, train: 9, dev: 1, test: 60 }, 0)).toThrow(
    "generator.sizes.test: 60 different expressions cannot be drawn of such short numbers",
  );
  expect(() => arithmeticOptions.parse({ digits: 4, longerDigits: 4 })).toThrow("must be more than digits");
});
