import { expect, test } from "vitest";
import { fastestInstructionSet } from "./instruction-set-choice.ts";

/** What is chosen where a job takes so many milliseconds with each set; `delay` adds to some of them. */
function choose(milliseconds: Readonly<Record<string, number>>, delay: (job: number) => number = () => 0): string {
  let time = 0;
  let jobs = 0;
  const candidates = Object.entries(milliseconds).map(([name, duration]) => ({
    name,
    run: () => {
      time += duration + delay(jobs++);
    },
  }));
  return fastestInstructionSet(candidates, () => time);
}

test("the widest set is taken unless a narrower one is clearly faster", () => {
  expect(choose({ avx512: 0.01, avx2: 0.02 })).toBe("avx512");
  expect(choose({ avx512: 0.01, avx2: 0.01 })).toBe("avx512");
  expect(choose({ avx512: 0.01, avx2: 0.0097 })).toBe("avx512");
  expect(choose({ avx512: 0.01, avx2: 0.009 })).toBe("avx2");
  expect(choose({ neon: 1 })).toBe("neon");
});

test("a program that takes the processor now and then does not change the choice", () => {
  expect(choose({ avx512: 0.01, avx2: 0.02 }, (job) => (job % 37 < 25 ? 0.1 : 0))).toBe("avx512");
});

test("it takes some milliseconds", () => {
  let time = 0;
  const run = () => {
    time += 0.05;
  };
  fastestInstructionSet(
    [
      { name: "avx512", run },
      { name: "avx2", run },
    ],
    () => time,
  );
  expect(time).toBeLessThan(4);
});
