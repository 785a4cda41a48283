/** What the numbers of a graph's value come from. */
import type { GraphMessage } from "./file/messages.ts";

/** Operators that leave numbers as they are. */
const REARRANGING: readonly string[] = [
  ...["Cast", "Dropout", "Flatten", "Gather", "Identity", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze"],
];

/** @returns the operator; undefined where no node of the standard operators makes the value */
export function operatorBehind({ nodes }: GraphMessage, value: string): string | undefined {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  let name: string | undefined = value;
  // A file may claim a circle.
  for (let steps = 0; steps <= nodes.length; steps++) {
    const node = makers.get(name ?? "");
    if (node === undefined || !["", "ai.onnx"].includes(node.domain ?? "")) return undefined;
    if (!REARRANGING.includes(node.opType ?? "")) return node.opType;
    name = node.inputs[0];
  }
  return undefined;
}
