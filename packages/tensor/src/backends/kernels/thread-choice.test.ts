import { expect, test } from "vitest";
import { threadChoice } from "./thread-choice.ts";

/** A machine on which a job takes 0.01 ms on one thread, and `slowness` times that on all. */
function machine(slowness: number) {
  const state = { time: 0, slowness, workers: true, jobs: 0 };
  const choose = threadChoice({
    threads: 2,
    run: () => {
      state.jobs++;
      state.time += 0.01 * (state.workers ? state.slowness : 1);
    },
    useWorkers: (wanted) => {
      state.workers = wanted;
    },
    now: () => state.time,
  });
  return { state, choose };
}

test("all threads work where they are faster, which some milliseconds tell", () => {
  const { state, choose } = machine(1.1);
  choose();
  expect(state.workers).toBe(true);
  expect(state.time).toBeLessThan(6);
});

test("one thread works where others use the processors, until they have gone", () => {
  const { state, choose } = machine(2.3);
  choose();
  expect(state.workers).toBe(false);
  state.slowness = 1;
  const { jobs, time } = state;
  choose();
  expect(state.jobs).toBe(jobs); // measured a moment ago
  state.time = time + 500;
  choose();
  expect(state.workers).toBe(true);
});

test("the longer others use the processors, the less often it looks, down to once in five seconds", () => {
  const { state, choose } = machine(2.3);
  const looks: number[] = [];
  for (let second = 0; second < 40; second += 0.25) {
    const { jobs } = state;
    choose();
    if (state.jobs > jobs) looks.push(second);
    state.time = 1000 * second + 250;
  }
  const waits = looks.slice(1).map((look, i) => look - looks[i]!);
  expect(waits[0]).toBeLessThan(1);
  expect(waits.at(-1)).toBeGreaterThanOrEqual(5);
  expect(looks.length).toBeLessThan(14);
});

test("the slower half of a look at a machine that is shared decides nothing alone", () => {
  const { state, choose } = machine(1.7);
  choose();
  expect(state.workers).toBe(true);
  expect(state.time).toBeGreaterThan(25);
});
