import { isPlainMap, type PlainMap } from "@cellstate/files";
import { tasks } from "@cellstate/tasks";
import { expect, test } from "vitest";
import { experimentJsonSchema } from "./json-schema.ts";
import { shareParts } from "./shared-parts.ts";

/** The schema with every reference replaced by what it refers to. */
function expand(node: unknown, definitions: PlainMap): unknown {
  if (Array.isArray(node)) return node.map((item) => expand(item, definitions));
  if (!isPlainMap(node)) return node;
  const { $ref, $defs: _, ...own } = node;
  const target = typeof $ref === "string" ? definitions[$ref.replace("#/$defs/", "")] : {};
  expect(target).toBeDefined();
  return expandEntries({ ...(target as PlainMap), ...own }, definitions);
}

function expandEntries(node: PlainMap, definitions: PlainMap): PlainMap {
  return Object.fromEntries(
    Object.entries(node).map(([key, inner]) => [key, key === "$ref" ? inner : expand(inner, definitions)]),
  );
}

const long = "a description that is long enough for a part of its own, ".repeat(3);

test("parts that occur twice stand once, under the key that holds them and their title", () => {
  const size = { type: "integer", description: long };
  const encoder = { title: "lstm", type: "object", properties: { size }, required: ["size"] };
  const schema = {
    type: "object",
    properties: { encoder: { ...encoder, description: "one" }, decoder: { ...encoder, description: "two" }, size },
  };
  const shared = shareParts(schema);
  expect(Object.keys(shared.$defs as PlainMap)).toEqual(["encoder-lstm", "size"]);
  expect(shared.properties).toEqual({
    encoder: { description: "one", $ref: "#/$defs/encoder-lstm" },
    decoder: { description: "two", $ref: "#/$defs/encoder-lstm" },
    size: { $ref: "#/$defs/size" },
  });
});

test("the schema of configs says the same as without shared parts, under names that people read", () => {
  const schema = experimentJsonSchema();
  const definitions = schema.$defs as PlainMap;
  for (const name of Object.keys(definitions)) expect(name).toMatch(/^[a-zA-Z][\w-]*$/);
  expect(JSON.stringify(schema)).not.toMatch(/__schema|part-/);
  const again = shareParts({ oneOf: expand(schema.oneOf, definitions) });
  expect(again).toEqual({ oneOf: schema.oneOf, $defs: definitions });
});

test("a config may leave out its task where it extends another", () => {
  const variants = experimentJsonSchema().oneOf as PlainMap[];
  expect(variants.map(({ required }) => required)).toEqual([...tasks.map(() => ["task"]), ["extends"]]);
  expect(Object.keys(variants.at(-1)?.properties as PlainMap)).not.toContain("task");
});
