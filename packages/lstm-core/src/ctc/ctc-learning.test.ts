import { adamStep, backward, createSession, Rng } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { Linear } from "../layers/linear.ts";
import { Lstm } from "../layers/lstm.ts";
import { namedParameters } from "../module.ts";
import { ctcBeamSearch, ctcGreedy } from "./ctc-decode.ts";
import { ctcLoss } from "./ctc-loss.ts";

const symbols = 4;
const stream = new Rng(1).stream("ctc");

/** Rows of labels, each shown for two to four noisy steps, without a word of where. */
function makeBatch(number: number, batchSize: number) {
  let draws = 0;
  const whole = (below: number) => Math.floor(stream.fork(`batch ${number}`).uniformAt(draws++) * below);
  const rows = Array.from({ length: batchSize }, () => {
    const labels = [1 + whole(symbols)];
    for (let more = whole(3); more > 0; more--) labels.push(1 + ((labels.at(-1)! + whole(symbols - 1)) % symbols)); // another one
    return { labels, shown: labels.flatMap((label) => Array<number>(2 + whole(3)).fill(label)) };
  });
  const lengths = Int32Array.from(rows, ({ shown }) => shown.length);
  const seqLen = Math.max(...lengths);
  const values = rows.flatMap(({ shown }) =>
    Array.from({ length: seqLen * symbols }, (_, place) => {
      const isShown = shown[Math.floor(place / symbols)] === 1 + (place % symbols);
      return (isShown ? 1 : 0) + 0.1 * (whole(100) / 50 - 1);
    }),
  );
  return { labels: rows.map(({ labels }) => labels), lengths, values, shape: [batchSize, seqLen, symbols] };
}

test("layers that learn from ctcLoss read labels of unknown places, by the best alignment and by a beam", async () => {
  const session = await createSession();
  const layers = new Lstm(session, { inputSize: symbols, hiddenSize: 16, bidirectional: true, stream });
  const head = new Linear(session, { inputSize: 32, outputSize: symbols + 1, stream: stream.fork("head") });
  const parameters = [...namedParameters({ layers, head })].map(([name, parameter]) => {
    const moment = () => session.zeros(parameter.shape);
    return { name, parameter, firstMoment: moment(), secondMoment: moment() };
  });
  const score = (batch: ReturnType<typeof makeBatch>) => {
    const { lengths, values, shape } = batch;
    return head.forward(layers.forward(session.tensor(values, shape), { lengths }).output);
  };
  const rule = {
    learningRate: 0.02,
    weightDecay: 0,
    gradientScale: 1,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    decoupled: false,
  };
  for (let step = 1; step <= 80; step++) {
    using _ = session.scope();
    const batch = makeBatch(step, 16);
    const gradients = backward(ctcLoss(score(batch), batch.labels, { lengths: batch.lengths }));
    adamStep(
      parameters.map((one) => ({ ...one, step, gradient: gradients.get(one.parameter)! })),
      rule,
    );
  }
  const fresh = makeBatch(0, 100);
  const logits = score(fresh);
  const right = (read: readonly { labels: readonly number[] }[]) =>
    read.filter(({ labels }, row) => labels.join() === fresh.labels[row]!.join()).length;
  expect(right(ctcGreedy(logits, { lengths: fresh.lengths }))).toBeGreaterThanOrEqual(95);
  expect(right(ctcBeamSearch(logits, { lengths: fresh.lengths }).map(([best]) => best!))).toBeGreaterThanOrEqual(95);
  await session.dispose();
});
