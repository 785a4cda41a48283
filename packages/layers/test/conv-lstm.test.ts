/** ConvLSTM layers that remember and drop; their other numbers are compared with Keras's in keras.test.ts. */
import { createSession, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { convLstm1d, dense, flatten, sequential } from "../src/index.ts";
import { Lcg } from "./lcg.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

afterAll(() => session.dispose());

const lcg = new Lcg(5);
const x = [0, 1, 2].map(() => [0, 1, 2, 3].map(() => [0, 1, 2].map(() => [lcg.next(), lcg.next()])));
const options = { padding: "same", inputShape: [null, 3, 2] } as const;

test("a stateful layer goes on where the batch before ended, until resetStates", async () => {
  const net = sequential([convLstm1d(2, 2, { ...options, stateful: true })]);
  await net.build({ session });
  const whole = await net.predict(x);
  net.resetStates();
  const firstHalf = await net.predict(x.map((steps) => steps.slice(0, 2)));
  const secondHalf = await net.predict(x.map((steps) => steps.slice(2)));
  expect(firstHalf.data).not.toEqual(whole.data);
  expect(secondHalf.data).toEqual(whole.data);
  await expect(net.predict(x.slice(1))).rejects.toThrow(
    "ConvLSTM1D: is stateful and expected 3 rows as in the batch before, got 2",
  );
});

/** Losses of three steps. */
async function losses(rates: { dropout?: number; recurrentDropout?: number }): Promise<readonly number[]> {
  const net = sequential([convLstm1d(4, 2, { ...options, ...rates }), flatten(), dense(1)]);
  net.compile({ optimizer: "sgd", loss: "mse", session });
  const { history } = await net.fit(x, [0, 1, 0.5], { epochs: 3, verbose: 0 });
  return history.loss!;
}

test("dropout acts in training, by the model's seed", async () => {
  const [none, ofInput, ofState] = [
    await losses({}),
    await losses({ dropout: 0.5 }),
    await losses({ recurrentDropout: 0.5 }),
  ];
  expect(new Set([none[0], ofInput[0], ofState[0]]).size).toBe(3);
  expect(await losses({ dropout: 0.5 })).toEqual(ofInput);
});
