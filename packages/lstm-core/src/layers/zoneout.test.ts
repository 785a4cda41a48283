import {
  add,
  createSession,
  type LstmState,
  mul,
  Rng,
  type Session,
  slice,
  square,
  squeeze,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { expect, test } from "vitest";
import { lstmCell } from "../cells/lstm-cell.ts";
import { evaluationStep, type StepContext } from "../module.ts";
import { Lstm } from "./lstm.ts";

const [batchSize, seqLen, inputSize, hiddenSize] = [3, 5, 2, 40];
const stream = new Rng(2).stream("zoneout");
const rates = { hidden: 0.25, cell: 0.5 };
const training: StepContext = { training: true, step: 4, examples: Int32Array.of(8, 3, 5) };

const doubles = () => createSession({ backend: "reference", dtype: "float64" });
const inputOf = (session: Session) =>
  session.tensor(stream.fork("x").normal(batchSize * seqLen * inputSize), [batchSize, seqLen, inputSize], {
    requiresGrad: true,
  });

/** The states of a walk, and what each step would have given without zoneout. */
function walk(layer: Lstm, x: Tensor, step: StepContext) {
  const { session } = x;
  const steps: { before: LstmState; proposed: LstmState; after: LstmState }[] = [];
  let before = layer.startState(session.zeros([batchSize, hiddenSize]));
  for (let time = 0; time < seqLen; time++) {
    const input = slice(x, 1, time, time + 1);
    const after = layer.forward(input, { initialState: [before], step, timeOffset: time }).state[0]!;
    steps.push({ before, proposed: lstmCell(layer.weightsOf(0), squeeze(input, 1), before), after });
    before = after;
  }
  return steps;
}

test("in training each feature takes its new value or keeps the old one, as often as the rates say", async () => {
  const session = await doubles();
  const layer = new Lstm(session, { inputSize, hiddenSize, zoneoutRate: rates, stream });
  const kept = { hiddenState: 0, cellState: 0 };
  for (const { before, proposed, after } of walk(layer, inputOf(session), training)) {
    for (const name of ["hiddenState", "cellState"] as const) {
      const [old, next] = [before[name].readSync(), proposed[name].readSync()];
      after[name].readSync().forEach((value, index) => {
        const isOld = value === old[index];
        if (isOld) kept[name]++;
        else expect(value).toBeCloseTo(next[index]!, 12);
      });
    }
  }
  const count = batchSize * seqLen * hiddenSize; // 600: a standard deviation of 0.02
  expect(Math.abs(kept.hiddenState / count - rates.hidden)).toBeLessThan(0.07);
  expect(Math.abs(kept.cellState / count - rates.cell)).toBeLessThan(0.07);
});

test("in evaluation each feature takes the mean of both by its rate", async () => {
  const session = await doubles();
  const layer = new Lstm(session, { inputSize, hiddenSize, zoneoutRate: rates, stream });
  for (const { before, proposed, after } of walk(layer, inputOf(session), evaluationStep)) {
    for (const [name, rate] of [
      ["hiddenState", rates.hidden],
      ["cellState", rates.cell],
    ] as const) {
      const mean = add(mul(before[name], rate), mul(proposed[name], 1 - rate)).readSync();
      after[name].readSync().forEach((value, index) => {
        expect(value).toBeCloseTo(mean[index]!, 12);
      });
    }
  }
});

test("a rate of 0 leaves the layer as it is, and one rate serves for both states", async () => {
  const session = await createSession({ backend: "reference" });
  const outputOf = (zoneoutRate: number | { hidden?: number; cell?: number }) => {
    const layer = new Lstm(session, { inputSize, hiddenSize, zoneoutRate, stream });
    return [...layer.forward(inputOf(session), { step: training }).output.readSync()];
  };
  expect(outputOf(0)).toEqual(outputOf({}));
  expect(outputOf(0.3)).toEqual(outputOf({ hidden: 0.3, cell: 0.3 }));
  expect(outputOf(0.3)).not.toEqual(outputOf({ hidden: 0.3 }));
});

test.each([true, false])("gradients agree with central differences, in training %s", async (isTraining) => {
  const session = await doubles();
  const options = { inputSize, hiddenSize: 3, bidirectional: true, projectionSize: 2, zoneoutRate: rates, stream };
  const layer = new Lstm(session, options);
  const x = inputOf(session);
  const step = { ...training, training: isTraining };
  const loss = () => {
    const { output, state } = layer.forward(x, { lengths: Int32Array.of(3, 0, 2), step });
    return add(sum(square(output)), sum(square(state[1]!.cellState)));
  };
  checkGradients(loss, [x, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
});
