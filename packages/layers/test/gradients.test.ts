/** Gradients of every layer, through masks and states, against central differences; the models are those of the golden file. */
import { evaluationStep } from "@cellstate/lstm-core";
import { add, createSession, type Session, square, sum, type Tensor } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inputValues } from "../src/data/input-values.ts";
import { inputArrays } from "../src/data/model-data.ts";
import { layerClassNames } from "../src/index.ts";
import { buildGolden, goldenCases, setGoldenWeights } from "./golden-models.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

afterAll(() => session.dispose());

// Those that were trained too are compared with Keras's steps.
const cases = goldenCases.filter(({ train, name }) => train === undefined && !name.startsWith("Dense "));

test("every class of layers is among the golden models", () => {
  const inner = (options: Record<string, unknown> = {}) =>
    (options.layer as { className: string } | undefined)?.className;
  const seen = new Set(
    goldenCases.flatMap(({ nodes }) => nodes.flatMap((node) => [node.className, inner(node.options)])),
  );
  expect(layerClassNames.filter((name) => name !== "InputLayer" && !seen.has(name))).toEqual([]);
});

test.each(cases.map((golden) => [golden.name, golden] as const))("%s", async (_name, golden) => {
  const net = buildGolden(golden);
  await net.build({ session });
  setGoldenWeights(net);
  const parameters = [...net.parameters().values()];
  if (parameters.length === 0) return;
  const arrays = inputArrays(net.graph, golden.data);
  const loss = (): Tensor => {
    net.resetStates();
    const outputs = net.graph.run(inputValues(net.graph, session, arrays), { session, step: evaluationStep });
    return outputs.map(({ tensor }) => sum(square(tensor))).reduce(add);
  };
  checkGradients(loss, parameters, { eps: 1e-5, rtol: 1e-6 });
});

test("a wrong gradient is found", async () => {
  const weight = session.tensor([2], [1], { requiresGrad: true });
  const wrong = () => add(sum(square(weight)), session.tensor([3 * weight.readSync()[0]!], []));
  expect(() => checkGradients(wrong, [weight])).toThrow("backward gives 4");
});
