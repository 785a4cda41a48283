/** What takes options refuses those that it would ignore, also from plain JavaScript; `lstm.test.ts` has the layers. */
import { createSession, OptionError, Rng } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { zeros } from "./initializers/initializer.ts";
import { Lstm } from "./layers/lstm.ts";
import { makeParameter } from "./layers/parameter.ts";
import { crossEntropy, linearCrossEntropy } from "./losses/cross-entropy.ts";
import { squaredError } from "./losses/squared-error.ts";
import { buildPooling, poolingNames } from "./pooling/poolings.ts";

const session = await createSession({ backend: "reference" });
const stream = new Rng(1).stream("options");
const sizes = { inputSize: 2, hiddenSize: 2, numLayers: 1, bidirectional: false, dropoutRate: 0 };
const layers = new Lstm(session, { ...sizes, stream });
const parameter = { name: "bias", shape: [1], initializer: zeros, stream };

test.each<[string, (more: object) => unknown]>([
  ["forward", (more) => layers.forward(session.zeros([1, 1, 2]), more)],
  ["crossEntropy", (more) => crossEntropy(session.zeros([1, 2]), Int32Array.of(0), more)],
  [
    "linearCrossEntropy",
    (more) => linearCrossEntropy(session.zeros([1, 2]), session.zeros([3, 2]), Int32Array.of(0), more),
  ],
  ["squaredError", (more) => squaredError(session.zeros([1]), [0], more)],
  ["makeParameter", (more) => makeParameter(session, { ...parameter, ...more })],
  ...poolingNames.map((name): [string, (more: object) => unknown] => [
    `${name}Pooling`,
    (more) => buildPooling(session, name, { layers, stream, ...more }),
  ]),
])("%s refuses an option that it would ignore", (owner, call) => {
  expect(() => call({ colour: 1 })).toThrow(OptionError);
  expect(() => call({ colour: 1 })).toThrow(new RegExp(`${owner}: expected options to be among .*, got colour$`, "i"));
  expect(call({})).toBeDefined();
});
