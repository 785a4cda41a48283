/** The JSON Schema of config files, which editors read for completions and descriptions. */
import { sha256 } from "@cellstate/files";
import { tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { z } from "zod";
import { configFileSchema } from "./schema.ts";

/** How a JSON Schema refers to a part of itself. */
const PART = "#/$defs/";

/** The JSON Schema of config files, for editors. */
export function experimentJsonSchema(tasks: readonly Task[] = shippedTasks): Record<string, unknown> {
  const options = { io: "input", unrepresentable: "any", reused: "ref" } as const;
  const { anyOf = [], ...rest } = nameByContents(z.toJSONSchema(configFileSchema(tasks), options));
  return {
    title: "Cellstate experiment",
    // A file that extends another may leave out what the other says.
    oneOf: anyOf.map((variant, index) => ({
      title: `${tasks[index]?.name} experiment`,
      ...variant,
      required: ["task"],
    })),
    ...rest,
  };
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Names the parts that occur more than once by their contents, not by a running number: a new option renames no other part. */
function nameByContents(schema: JsonSchema): JsonSchema {
  const parts = schema.$defs ?? {};
  const names = new Map<string, string>();
  const nameOf = (reference: string): string => {
    const known = names.get(reference);
    if (known !== undefined) return known;
    const part = renamed(parts[reference.slice(PART.length)]);
    const name = `part-${sha256(JSON.stringify(part)).slice(0, 8)}`;
    names.set(reference, name);
    return name;
  };
  const renamed = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(renamed);
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [
        key,
        key === "$ref" && typeof value === "string" ? `${PART}${nameOf(value)}` : renamed(value),
      ]),
    );
  };
  const { $defs: _, ...root } = schema;
  const named = renamed(root) as JsonSchema;
  const shared = Object.keys(parts).map((key) => [nameOf(`${PART}${key}`), renamed(parts[key])] as const);
  return {
    ...named,
    $defs: Object.fromEntries(shared.sort(([a], [b]) => (a < b ? -1 : 1))) as Record<string, JsonSchema>,
  };
}
