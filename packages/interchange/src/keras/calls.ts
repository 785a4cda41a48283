/** Which layer reads which: the `inbound_nodes` of a functional model, in the three forms that they have had. */
import { ModelFormatError, UnsupportedModelError } from "../errors.ts";
import { Fields } from "./fields.ts";
import type { OutputReference } from "./network.ts";

/** A call as it is written. */
export interface WrittenCall {
  readonly inputs: readonly OutputReference[];
  readonly initialState: readonly OutputReference[];
  /** Whether an attention looks at no later step. */
  readonly isCausal: boolean;
  /** What masks of the call are computed from; Keras 3 alone writes them. */
  readonly masks: readonly OutputReference[];
}

/** Arguments of calls that are tensors like the first one. */
const TENSOR_ARGUMENTS: readonly string[] = ["inputs", "sequences", "query", "value", "key"];
/** Arguments that change no prediction, or stand for nothing. */
const IDLE_ARGUMENTS: readonly string[] = ["return_attention_scores", "training", "constants"];
/** Arguments that are read one by one. */
const OWN_ARGUMENTS: readonly string[] = ["initial_state", "mask", "use_causal_mask"];

/** The calls of a layer, in their order. */
export function readCalls(layer: Fields, title: string): WrittenCall[] {
  const nodes = layer.has("inbound_nodes") ? layer.list("inbound_nodes") : [];
  return nodes.map((node, index) => {
    const path = `${layer.at("inbound_nodes")}[${index}]`;
    return Array.isArray(node)
      ? readListCall(node, path, title, layer.file)
      : readObjectCall(new Fields(node, path, layer.file), title);
  });
}

/** References wherever they stand in lists, or in an object by name. */
export function readReferences(value: unknown, path: string, file: string): OutputReference[] {
  if (isReference(value)) return [referenceOf(value)];
  const parts = Array.isArray(value)
    ? value
    : typeof value === "object" && value !== null
      ? Object.values(value)
      : undefined;
  if (parts === undefined) throw new ModelFormatError(file, `${path}: expected layers such as ["lstm", 0, 0]`);
  return parts.flatMap((part) => readReferences(part, path, file));
}

type Reference = readonly [layer: string, call: number, output: number, ...rest: unknown[]];

function isReference(value: unknown): value is Reference {
  return Array.isArray(value) && typeof value[0] === "string" && isCount(value[1]) && isCount(value[2]);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function referenceOf([layer, call, output]: Reference): OutputReference {
  return { layer, call, output };
}

/** `["lstm", 0, 0, { "initial_state": ... }]`, or a list of such, in lists or not: Keras 1 and 2. */
function readListCall(node: readonly unknown[], path: string, title: string, file: string): WrittenCall {
  const entries = entriesOf(node, path, file);
  const initialState: OutputReference[] = [];
  let isCausal = false;
  for (const [, , , given] of entries) {
    if (given === undefined || given === null) continue;
    const kwargs = new Fields(given, path, file);
    for (const key of kwargs.keys) {
      const value = kwargs.get(key);
      if (key === "initial_state" && value !== null) initialState.push(...readReferences(value, kwargs.at(key), file));
      else if (key === "use_causal_mask") isCausal ||= value === true;
      else if (key !== "mask" || value !== null) requireIdle(key, value, title, file);
    }
  }
  return { inputs: entries.map(referenceOf), initialState, isCausal, masks: [] };
}

function entriesOf(node: readonly unknown[], path: string, file: string): Reference[] {
  if (isReference(node)) return [node];
  return node.flatMap((part) => {
    if (!Array.isArray(part) || typeof part[0] === "string") {
      if (isReference(part)) return [part];
      throw new ModelFormatError(file, `${path}: expected layers such as ["lstm", 0, 0]`);
    }
    return entriesOf(part, path, file);
  });
}

/** `{ "args": [...], "kwargs": {...} }`: Keras 3. */
function readObjectCall(node: Fields, title: string): WrittenCall {
  const kwargs = node.has("kwargs") ? node.fields("kwargs") : new Fields({}, node.at("kwargs"), node.file);
  const named = TENSOR_ARGUMENTS.flatMap((key) => tensorsIn(kwargs.get(key)));
  const inputs = [...tensorsIn(node.list("args")), ...named];
  const initialState = tensorsIn(kwargs.get("initial_state"));
  const masks = tensorsIn(kwargs.get("mask"));
  for (const key of kwargs.keys) {
    if (OWN_ARGUMENTS.includes(key) || TENSOR_ARGUMENTS.includes(key)) continue;
    requireIdle(key, kwargs.get(key), title, node.file);
  }
  return { inputs, initialState, isCausal: kwargs.get("use_causal_mask") === true, masks };
}

/** Tensors in lists, depth first; constants are no tensors. */
function tensorsIn(value: unknown): OutputReference[] {
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  if (typeof value !== "object" || value === null) return [];
  const { class_name: className, config } = value as { class_name?: unknown; config?: { keras_history?: unknown } };
  const history = config?.keras_history;
  return className === "__keras_tensor__" && isReference(history) ? [referenceOf(history)] : [];
}

function requireIdle(key: string, value: unknown, title: string, file: string): void {
  if (value === null || value === undefined || value === false) return;
  if (IDLE_ARGUMENTS.includes(key) && Array.isArray(value) && value.length === 0) return;
  throw new UnsupportedModelError(file, `${title} is called with ${key}, which is not taken over`);
}
