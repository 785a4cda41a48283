/** The JSON Schema of config files, which editors read for completions and descriptions. */
import { isPlainMap, type PlainMap } from "@cellstate/files";
import { tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { z } from "zod";
import { configFileSchema } from "./schema.ts";
import { shareParts } from "./shared-parts.ts";

/** The JSON Schema of config files, for editors. */
export function experimentJsonSchema(tasks: readonly Task[] = shippedTasks): PlainMap {
  const schema = plain(z.toJSONSchema(configFileSchema(tasks), { io: "input", unrepresentable: "any" }));
  const {
    $schema,
    anyOf,
    $defs: recursive,
  } = withOwnNames(schema) as {
    $schema: string;
    anyOf: PlainMap[];
    $defs?: PlainMap;
  };
  const variants = anyOf.map((variant, index) => ({
    title: `${tasks[index]?.name} experiment`,
    ...variant,
    required: ["task"],
  }));
  const { oneOf, $defs } = shareParts({ oneOf: [...variants, extending(variants)] });
  return { $schema, title: "Cellstate experiment", oneOf, $defs: { ...($defs as PlainMap), ...recursive } };
}

/** Parts that hold themselves, which only a plugin has, by names that no other part has. */
function withOwnNames(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll(/(?<=#\/\$defs\/|")__schema(?=\d+")/g, "recursive-"));
}

/** A file that extends another and leaves out the task, and whatever else the other says; the task's own sections may be any task's. */
function extending(variants: readonly PlainMap[]): PlainMap {
  const properties: Record<string, unknown[]> = {};
  for (const variant of variants) {
    for (const [key, property] of Object.entries(variant.properties as PlainMap)) {
      const known = properties[key] ?? [];
      const isNew = known.every((other) => JSON.stringify(other) !== JSON.stringify(property));
      properties[key] = isNew ? [...known, property] : known;
    }
  }
  delete properties.task;
  return {
    title: "experiment that extends another",
    type: "object",
    properties: Object.fromEntries(
      Object.entries(properties).map(([key, all]) => [key, all.length === 1 ? all[0] : { anyOf: all }]),
    ),
    required: ["extends"],
    additionalProperties: false,
  };
}

/**
 * Without the largest safe integers, which bound nothing, with the choices named (`lstm`, not "object"), and with variables where a
 * number, true or false stands.
 */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain);
  if (!isPlainMap(node)) return node;
  const bounds = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  const entries = Object.entries(node)
    .filter(([key, value]) => !((key === "maximum" || key === "minimum") && bounds.includes(value as number)))
    .map(([key, value]) => [key, plain(value)]);
  const choice = choiceOf(node);
  const plainNode = Object.fromEntries(choice === undefined ? entries : [["title", choice], ...entries]) as PlainMap;
  const isReplaceable = ["number", "integer", "boolean"].includes(String(node.type)) && node.const === undefined;
  return isReplaceable ? { ...plainNode, type: [node.type, "string"], pattern: VARIABLE } : plainNode;
}

/** A text with a variable, such as `${env:SIZE}`. */
const VARIABLE = "\\$\\{.+\\}";

/** The constant that tells an object from the others that could stand in its place. */
function choiceOf({ properties }: PlainMap): string | undefined {
  if (!isPlainMap(properties)) return undefined;
  const constants = ["kind", "type", "by"].map((key) => properties[key]);
  const found = constants.find((property): property is PlainMap => isPlainMap(property) && "const" in property);
  return found === undefined ? undefined : String(found.const);
}
