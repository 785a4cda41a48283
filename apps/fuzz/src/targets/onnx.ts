/** ONNX models: protocol buffers of a graph, which is read, made ready and run. */
import { exportClassifier, exportTranslator, type OnnxFeed, type OnnxPort, openOnnx } from "@cellstate/onnx";
import { createSession, type Session } from "@cellstate/tensor";
import { byteMutators } from "../mutate/bytes.ts";
import { changeMessage } from "../mutate/protobuf.ts";
import { mustHold, type Target } from "../target.ts";

/** Small enough that no input takes long, large enough for every seed. */
const LIMITS = { maxMessages: 20_000, maxElements: 300_000, maxSteps: 3_000 };

export const onnx: Target = {
  name: "onnx",
  about: "ONNX models, read and run",
  extension: "onnx",
  async open() {
    const session = await createSession({ backend: "wasm", threads: 1 });
    return {
      seeds: [
        classifier({ kind: "lstm", peepholes: true, bidirectional: true }, "attention"),
        classifier({ kind: "gru", numLayers: 2 }, "mean"),
        classifier({ kind: "rnn", activation: "relu" }, "last"),
        classifier({ kind: "mgu" }, "max"),
        ...Object.values(translator()),
      ],
      mutators: [...Array.from({ length: 12 }, () => changeMessage), ...byteMutators],
      check: (input) => openAndRun(input, session),
    };
  },
};

/** Opens a model and runs it twice. @throws {Contradiction} if the runs or an output's shape and elements contradict each other */
export async function openAndRun(input: Uint8Array, session: Session): Promise<void> {
  using _ = session.scope(); // with the model's constants
  const model = openOnnx(input, { session, limits: LIMITS });
  const feeds = Object.fromEntries(model.inputs.map((port) => [port.name, feedFor(port)]));
  const results = await model.run(feeds);
  for (const [name, { shape, data }] of Object.entries(results)) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    mustHold(
      data.length === size,
      () => `output ${JSON.stringify(name)} of shape [${shape}] has ${data.length} elements`,
    );
  }
  const again = await model.run(feeds);
  for (const [name, { data }] of Object.entries(results)) {
    const isSame = Array.from(data as ArrayLike<unknown>, (one, index) =>
      Object.is(one, again[name]!.data[index]),
    ).every(Boolean);
    mustHold(isSame, () => `output ${JSON.stringify(name)} differs in a second run`);
  }
}

/** Small numbers, two of each extent that is open. */
function feedFor({ type, shape = [] }: OnnxPort): OnnxFeed {
  const extents = shape.map((extent) => (typeof extent === "string" ? 2 : extent));
  const size = extents.reduce((product, extent) => product * extent, 1);
  const length = size >= 0 && size <= LIMITS.maxElements ? size : 0;
  const isFraction = type?.includes("float") === true;
  if (type === "string") return { shape: extents, data: Array.from({ length }, (_, index) => `text ${index}`) };
  return { shape: extents, data: Array.from({ length }, (_, index) => (isFraction ? index / 8 : 1 + (index % 2))) };
}

const HIDDEN = 2;
const EMBEDDING = 3;
const VOCAB = 4;

interface Layers {
  readonly kind: "lstm" | "gru" | "rnn" | "mgu";
  readonly activation?: "relu";
  readonly peepholes?: boolean;
  readonly bidirectional?: boolean;
  readonly numLayers?: number;
}

/** Weights of any names and shapes. */
function weights(shapes: Readonly<Record<string, readonly number[]>>) {
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      return [
        name,
        { shape, readSync: () => Float32Array.from({ length: size }, (_, index) => (index % 7) / 8 - 0.3) },
      ];
    }),
  );
}

function layerShapes(
  prefix: string,
  { kind, numLayers = 1, bidirectional = false, peepholes }: Layers,
  inputSize: number,
) {
  const rows = { lstm: 4, gru: 3, rnn: 1, mgu: 2 }[kind] * HIDDEN;
  const directions = bidirectional ? ["", "_reverse"] : [""];
  const shapes: Record<string, readonly number[]> = {};
  for (let layer = 0; layer < numLayers; layer++) {
    for (const direction of directions) {
      const name = (weight: string) => `${prefix}${weight}_l${layer}${direction}`;
      shapes[name("weight_ih")] = [rows, layer === 0 ? inputSize : HIDDEN * directions.length];
      shapes[name("weight_hh")] = [rows, HIDDEN];
      shapes[name("bias_ih")] = [rows];
      shapes[name("bias_hh")] = [rows];
      if (peepholes) shapes[name("peepholes")] = [3 * HIDDEN];
    }
  }
  return shapes;
}

function classifier(layers: Layers, pooling: string): Uint8Array {
  const features = layers.bidirectional ? 2 * HIDDEN : HIDDEN;
  const { activation = "tanh", ...rest } = layers;
  const section = { hiddenSize: HIDDEN, dropout: 0, ...rest, ...(layers.kind === "rnn" ? { activation } : {}) };
  return exportClassifier({
    encoder: section as Parameters<typeof exportClassifier>[0]["encoder"],
    pooling,
    parameters: weights({
      "embedding.weight": [VOCAB, EMBEDDING],
      ...layerShapes("encoder.", layers, EMBEDDING),
      "pooling.projection.weight": [features, features],
      "pooling.projection.bias": [features],
      "pooling.query": [features],
      "classifier.weight": [2, features],
      "classifier.bias": [2],
    }),
    labels: ["no", "yes"],
    padId: 0,
  });
}

function translator() {
  const layers = { kind: "gru", hiddenSize: HIDDEN, numLayers: 1, dropout: 0 } as const;
  const encoder = { ...layers, bidirectional: false, layerNorm: false };
  const decoder = { ...layers, inputFeeding: true, tieEmbeddings: false };
  return exportTranslator({
    config: { embedding: { size: EMBEDDING, dropout: 0 }, encoder, attention: { kind: "additive" }, decoder },
    parameters: weights({
      "encoder.embedding.weight": [VOCAB, EMBEDDING],
      ...layerShapes("encoder.gru.", { kind: "gru" }, EMBEDDING),
      "decoder.embedding.weight": [VOCAB, EMBEDDING],
      ...layerShapes("decoder.gru.", { kind: "gru" }, EMBEDDING + HIDDEN),
      "decoder.attention.query.weight": [HIDDEN, HIDDEN],
      "decoder.attention.key.weight": [HIDDEN, HIDDEN],
      "decoder.attention.key.bias": [HIDDEN],
      "decoder.attention.energy": [HIDDEN],
      "decoder.bridge.weight": [HIDDEN, HIDDEN],
      "decoder.bridge.bias": [HIDDEN],
      "decoder.combine.weight": [HIDDEN, 2 * HIDDEN],
      "decoder.output.weight": [VOCAB, HIDDEN],
      "decoder.output.bias": [VOCAB],
    }),
    target: { padId: 0, bosId: 1, eosId: 2 },
  });
}
