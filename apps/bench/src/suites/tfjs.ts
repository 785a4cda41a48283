/** Training steps beside TensorFlow.js, whose steps of the larger models take many seconds. */
import { interleave } from "../runner.ts";
import type { ShapeName } from "../shapes.ts";
import { type Bench, contendersOf, numberOf, problemsOf, type Suite } from "../suite.ts";
import { comparedCells, type Table } from "../table.ts";

/** The smallest first, so that who cannot do that in time need not try the others. */
const order: readonly ShapeName[] = ["e", "a", "b", "c", "d"];

export const tfjsSteps: Suite = {
  name: "tfjs",
  peers: "engines",
  title: "Training steps beside TensorFlow.js",
  about:
    "As above, on one thread, which is all that TensorFlow.js takes in Node. It trains no embedding in shapes a to d, which its " +
    "wasm backend cannot. A contender that is given up on one shape is not asked for those below it.",
  run: (bench) => (bench.found.tfjs.length === 0 ? [] : [compare(bench)]),
};

function compare(bench: Bench): Table {
  const { own, tfjs } = bench.found;
  const runners = [...own.backends.filter(({ name }) => name.endsWith("wasm")), ...tfjs];
  const givenUp = new Set<string>();
  const notes: string[] = [];
  const rows = order.map((shape) => {
    const asked = runners.filter(({ name }) => !givenUp.has(name));
    const contenders = contendersOf(asked, { task: "step", shape, threads: 1, seconds: bench.seconds });
    const outcomes = interleave(contenders, bench);
    notes.push(...problemsOf(contenders, outcomes, `shape ${shape}`));
    outcomes.forEach((outcome, index) => {
      if ("problem" in outcome) givenUp.add(asked[index]!.name);
    });
    const times = runners.map((runner) => numberOf(outcomes[asked.indexOf(runner)], "ms"));
    return [shape, ...comparedCells(times)];
  });
  return { header: ["shape", ...runners.map(({ name }) => name)], rows, notes };
}
