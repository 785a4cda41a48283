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
  const written = new Map<string, WrittenLayer>();
  for (const layer of config.each("layers")) {
    const name = layer.has("name") ? layer.text("name") : layer.fields("config").text("name");
    if (written.has(name)) throw new ModelFormatError(entry.file, `two layers are called ${JSON.stringify(name)}`);
    written.set(name, { entry: layer, calls: readCalls(layer, `layer ${name} (${layer.text("class_name")})`) });
  }
  const inputs = readReferences(config.get("input_layers"), config.at("input_layers"), entry.file);
  const outputs = readReferences(config.get("output_layers"), config.at("output_layers"), entry.file);
  const needed = neededLayers([...outputs, ...inputs], written, entry.file);
  return {
    kind: "functional",
    name: config.textOr("name", "model"),
    layers: [...written]
      .filter(([name]) => needed.has(name))
      .map(([name, { entry: layer, calls }]) => {
        const read = calls.map((call) => readCall(call, layer, written, context.writer));
        const description = readLayer(layer, read, context);
        const causal = calls.some(({ isCausal }) => isCausal) ? { useCausalMask: true } : {};
        return { ...description, name, options: { ...description.options, ...causal } };
      }),
    inputs,
    outputs,
  };
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
