import { expect, test } from "vitest";
import { fastestInstructionSet } from "./instruction-set-choice.ts";

/** What is chosen where a job takes so many milliseconds with each set; `delay` adds to some of them. */
function choose(milliseconds: Readonly<Record<string, number>>, delay: (job: number) => number = () => 0) {
  let [time, jobs] = [0, 0];
  const candidates = Object.entries(milliseconds).map(([name, duration]) => ({
    name,
    run: () => {
      time += duration + delay(jobs++);
    },
  }));
  const chosen = fastestInstructionSet(candidates, () => time);
  return { chosen, time };
}

test("the widest set is taken unless a narrower one is clearly faster", () => {
  expect(choose({ avx512: 0.01, avx2: 0.02 }).chosen).toBe("avx512");
  expect(choose({ avx512: 0.01, avx2: 0.01 }).chosen).toBe("avx512");
  expect(choose({ avx512: 0.01, avx2: 0.0097 }).chosen).toBe("avx512");
  expect(choose({ avx512: 0.01, avx2: 0.009 }).chosen).toBe("avx2");
  expect(choose({ neon: 1 }).chosen).toBe("neon");
});

test("a program that takes the processor now and then does not change the choice", () => {
  expect(choose({ avx512: 0.01, avx2: 0.02 }, (job) => (job % 60 < 25 ? 0.1 : 0)).chosen).toBe("avx512");
});

test("it takes some milliseconds", () => {
  expect(choose({ avx512: 0.05, avx2: 0.05 }).time).toBeLessThan(4);
});
