/** Padding and batching as seen from outside: neither moves a bit of a real result or of a gradient. */
import {
  add,
  backward,
  createSession,
  denseGradient,
  gatherRows,
  mul,
  Rng,
  reshape,
  type Session,
  square,
  sum,
} from "@cellstate/tensor";
import "./matchers.ts";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { buildPooling, Lstm, type Pooling, poolingNames, type StepContext } from "../src/index.ts";

const inputSize = 3;
let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

function makeLayer(): Lstm {
  const stream = new Rng(5).stream("padding");
  return new Lstm(session, { inputSize, hiddenSize: 4, numLayers: 2, bidirectional: true, dropoutRate: 0.4, stream });
}

function makePoolings(layers: Lstm): Pooling[] {
  return poolingNames.map((name) =>
    buildPooling(session, name, { layers, stream: new Rng(5).stream("poolings").fork(name) }),
  );
}

/** Rows of inputs, made from the lengths, padded with `filler` to `time` steps. */
function padded(lengths: readonly number[], time: number, filler: number): Float64Array {
  const data = new Float64Array(lengths.length * time * inputSize).fill(filler);
  lengths.forEach((length, row) => {
    const real = new Rng(row).stream("input").uniform(length * inputSize, -1, 1);
    data.set(real, row * time * inputSize);
  });
  return data;
}

/** Results of real positions, final states, pooled rows and all weight gradients. */
function run(layer: Lstm, poolings: readonly Pooling[], lengths: readonly number[], time: number, filler: number) {
  using _ = session.scope();
  const step: StepContext = { training: true, step: 3, examples: Int32Array.from(lengths, (_length, row) => 10 + row) };
  const x = session.tensor(padded(lengths, time, filler), [lengths.length, time, inputSize]);
  const lengthArray = Int32Array.from(lengths);
  const result = layer.forward(x, { lengths: lengthArray, step });
  const real = lengths.flatMap((length, row) => Array.from({ length }, (_unused, t) => row * time + t));
  const output = gatherRows(reshape(result.output, [lengths.length * time, layer.outputSize]), Int32Array.from(real));
  const pooled = poolings.map((pooling) => pooling.forward(result, lengthArray, step));
  const loss = pooled.map((vectors) => sum(mul(vectors, square(vectors)))).reduce(add);
  const states = result.state.flatMap((s) => [s.hiddenState, s.cellState]);
  const values = [output, ...pooled, ...states].map((t) => t.readSync()); // before backward frees them
  const gradients = backward(loss);
  return {
    values,
    gradients: [layer, ...poolings]
      .flatMap((module) => [...module.parameters().values()])
      .map((parameter) => denseGradient(gradients.get(parameter)!).readSync()),
  };
}

const someLengths = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 });

test("extra padding changes no bit of a real output, a pooled row, a state or a gradient", () => {
  const layer = makeLayer();
  const poolings = makePoolings(layer);
  fc.assert(
    fc.property(someLengths, fc.integer({ min: 1, max: 4 }), (lengths, extra) => {
      const time = Math.max(1, ...lengths);
      const tight = run(layer, poolings, lengths, time, 0);
      const wide = run(layer, poolings, lengths, time + extra, 7);
      tight.values.forEach((values, index) => {
        expect(wide.values[index]!).toEqualTensorBits(values);
      });
      tight.gradients.forEach((values, index) => {
        expect(wide.gradients[index]!).toEqualTensorBits(values);
      });
    }),
    { numRuns: 30 },
  );
});

test("a batch equals its rows run alone, to the bit", () => {
  const layer = makeLayer();
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }), (lengths) => {
      using _ = session.scope();
      using _noGrad = session.noGrad();
      const time = Math.max(...lengths);
      const data = padded(lengths, time, 0);
      const together = layer.forward(session.tensor(data, [lengths.length, time, inputSize]), {
        lengths: Int32Array.from(lengths),
      });
      const width = time * layer.outputSize;
      lengths.forEach((length, row) => {
        const rowData = data.subarray(row * time * inputSize, (row * time + length) * inputSize);
        const alone = layer.forward(session.tensor(rowData, [1, length, inputSize])).output.readSync();
        const start = row * width;
        expect(together.output.readSync().slice(start, start + length * layer.outputSize)).toEqualTensorBits(alone);
      });
    }),
    { numRuns: 30 },
  );
});
