/** The architecture of a model: sequential or functional, as Keras 1, 2 and 3 write it. */
import { ModelFormatError, UnsupportedModelError } from "../errors.ts";
import { readCalls, readReferences, type WrittenCall } from "./calls.ts";
import { Fields } from "./fields.ts";
import type { LayerCall, LayerDescription, NetworkDescription, OutputReference } from "./network.ts";
import { isNetwork, readLayer } from "./read-layer.ts";
import type { Writer } from "./writer.ts";

/** Models in models. */
const DEEPEST = 16;

/**
 * Reads a model's config.
 *
 * @param document  `{ "class_name": "Sequential", "config": ... }`
 * @throws {ModelFormatError} naming the key path of what is malformed
 * @throws {UnsupportedModelError} naming the layer or option that is not taken over
 */
export function readNetwork(document: unknown, writer: Writer, file: string): NetworkDescription {
  return readAt(new Fields(document, "", file), writer, 0);
}

function readAt(entry: Fields, writer: Writer, depth: number): NetworkDescription {
  if (depth > DEEPEST) throw new ModelFormatError(entry.file, `models stand in each other more than ${DEEPEST} deep`);
  const className = entry.text("class_name");
  if (!isNetwork(className)) {
    const problem = `its model is a ${className}, a class of its writer; expected a Sequential or Functional one`;
    throw new UnsupportedModelError(entry.file, problem);
  }
  const context = { writer, readNetwork: (inner: Fields) => readAt(inner, writer, depth + 1) };
  return className === "Sequential" ? readSequential(entry, context) : readFunctional(entry, context);
}

interface Context {
  readonly writer: Writer;
  readNetwork(entry: Fields): NetworkDescription;
}

/** Its `config` is the list of layers up to Keras 2.2.2. */
function readSequential(entry: Fields, context: Context): NetworkDescription {
  const config = Array.isArray(entry.get("config")) ? entry : entry.fields("config");
  const layers = config === entry ? entry.each("config") : config.each("layers");
  if (layers.length === 0) throw entry.wrong("config", "a model with layers");
  const read = layers.map((layer) => readLayer(layer, [], context));
  const built = config === entry ? undefined : config.get("build_input_shape");
  const shape = Array.isArray(built) ? (built.slice(1) as (number | null)[]) : undefined;
  const [first, ...rest] = read as [LayerDescription, ...LayerDescription[]];
  return {
    kind: "sequential",
    name: config === entry ? "sequential" : config.textOr("name", "sequential"),
    layers: [{ ...first, inputShape: first.inputShape ?? shape }, ...rest],
    inputs: [],
    outputs: [],
  };
}

interface WrittenLayer {
  readonly entry: Fields;
  readonly calls: readonly WrittenCall[];
}

function readFunctional(entry: Fields, context: Context): NetworkDescription {
  const config = entry.fields("config");
  const read = new Map<string, WrittenLayer>();
  for (const layer of config.each("layers")) {
    const name = layer.has("name") ? layer.text("name") : layer.fields("config").text("name");
    if (read.has(name)) throw new ModelFormatError(entry.file, `two layers are called ${JSON.stringify(name)}`);
    read.set(name, { entry: layer, calls: readCalls(layer, `layer ${name} (${layer.text("class_name")})`) });
  }
  const inputs = readReferences(config.get("input_layers"), config.at("input_layers"), entry.file);
  const ends = readReferences(config.get("output_layers"), config.at("output_layers"), entry.file);
  const { layers, outputs } = countedFromZero(read, ends);
  const needed = neededLayers([...outputs, ...inputs], layers, entry.file);
  return {
    kind: "functional",
    name: config.textOr("name", "model"),
    layers: [...layers]
      .filter(([name]) => needed.has(name))
      .map(([name, { entry: layer, calls }]) => {
        const own = calls.map((call) => readCall(call, layer, layers, context.writer));
        const description = readLayer(layer, own, context);
        const causal = calls.some(({ isCausal }) => isCausal) ? { useCausalMask: true } : {};
        return { ...description, name, options: { ...description.options, ...causal } };
      }),
    inputs,
    outputs,
  };
}

/**
 * Keras 3 counts the making of a model within a model as its first call, so that references to it may begin at 1.
 */
function countedFromZero(
  written: ReadonlyMap<string, WrittenLayer>,
  outputs: readonly OutputReference[],
): { readonly layers: ReadonlyMap<string, WrittenLayer>; readonly outputs: readonly OutputReference[] } {
  const all = [...written.values()].flatMap(({ calls }) =>
    calls.flatMap((call) => [...call.inputs, ...call.initialState]),
  );
  const isLate = (name: string) => {
    const calls = [...all, ...outputs].filter(({ layer }) => layer === name).map(({ call }) => call);
    return calls.length > 0 && !calls.includes(0) && Math.max(...calls) === written.get(name)?.calls.length;
  };
  const late = new Set([...written.keys()].filter(isLate));
  if (late.size === 0) return { layers: written, outputs };
  const shift = (one: OutputReference) => (late.has(one.layer) ? { ...one, call: one.call - 1 } : one);
  const layers = [...written].map(([name, { entry, calls }]) => {
    const shifted = calls.map((call) => ({
      ...call,
      inputs: call.inputs.map(shift),
      initialState: call.initialState.map(shift),
    }));
    return [name, { entry, calls: shifted }] as const;
  });
  return { layers: new Map(layers), outputs: outputs.map(shift) };
}

/** Layers that outputs depend on; what only computes masks is none of them, since our layers pass masks on by themselves. */
function neededLayers(
  from: readonly OutputReference[],
  written: ReadonlyMap<string, WrittenLayer>,
  file: string,
): Set<string> {
  const needed = new Set<string>();
  const pending = from.map(({ layer }) => layer);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (needed.has(name)) continue;
    const layer = written.get(name);
    if (layer === undefined)
      throw new ModelFormatError(file, `it connects a layer ${JSON.stringify(name)} that it does not have`);
    needed.add(name);
    for (const { inputs, initialState } of layer.calls)
      pending.push(...[...inputs, ...initialState].map((one) => one.layer));
  }
  return needed;
}

const RECURRENT = /(LSTM|GRU|RNN|Bidirectional|ConvLSTM[12]D)$/;

/** Recurrent layers may have their states behind the sequence, as Keras 2 writes them. */
function readCall(
  call: WrittenCall,
  layer: Fields,
  written: ReadonlyMap<string, WrittenLayer>,
  writer: Writer,
): LayerCall {
  for (const mask of call.masks) requireOwnMask(mask, written, layer);
  const isRecurrent = RECURRENT.test(layer.text("class_name"));
  const [inputs, states] = isRecurrent ? [call.inputs.slice(0, 1), call.inputs.slice(1)] : [call.inputs, []];
  const initialState = [...states, ...call.initialState];
  return {
    inputs,
    initialState,
    ignoresMask: writer.major === 3 && initialState.length > 0 && call.masks.length === 0,
  };
}

/** A mask has to be what an embedding or a masking layer gives anyway. */
function requireOwnMask(mask: OutputReference, written: ReadonlyMap<string, WrittenLayer>, reader: Fields): void {
  const source = written.get(mask.layer);
  const className = source?.entry.text("class_name");
  const masked = source?.calls[mask.call]?.inputs[0];
  const layers = [...written.values()];
  const isOfEmbedding =
    className === "NotEqual" &&
    layers.some(
      ({ entry, calls }) =>
        entry.text("class_name") === "Embedding" &&
        entry.fields("config").get("mask_zero") === true &&
        calls.some(({ inputs }) => inputs[0]?.layer === masked?.layer && inputs[0]?.output === masked?.output),
    );
  const isOfMasking = className === "Any" && layers.some(({ entry }) => entry.text("class_name") === "Masking");
  if (isOfEmbedding || isOfMasking) return;
  throw new UnsupportedModelError(
    reader.file,
    `layer ${reader.textOr("name", "?")} is called with a mask that ${mask.layer} computes; only masks of Embedding and Masking are taken over`,
  );
}
