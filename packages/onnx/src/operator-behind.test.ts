import { expect, test } from "vitest";
import type { GraphMessage, NodeMessage } from "./file/messages.ts";
import { operatorBehind } from "./operator-behind.ts";

const node = (opType: string, inputs: string[], outputs: string[], domain = ""): NodeMessage => ({
  opType,
  inputs,
  outputs,
  domain,
  attributes: [],
});
const graph = (...nodes: NodeMessage[]) => ({ nodes }) as unknown as GraphMessage;

test("an output comes from the operator behind those that rearrange", () => {
  const nodes = graph(node("Sigmoid", ["x"], ["a"]), node("Squeeze", ["a"], ["b"]), node("Cast", ["b"], ["y"]));
  expect(operatorBehind(nodes, "y")).toBe("Sigmoid");
});

test.each([
  ["an input", graph(), "x"],
  ["a function of the file", graph(node("Sigmoid", ["x"], ["y"], "own")), "y"],
  ["a circle", graph(node("Cast", ["b"], ["a"]), node("Cast", ["a"], ["b"])), "a"],
  ["a node without inputs", graph(node("Identity", [], ["y"])), "y"],
])("%s: none", (_, nodes, output) => {
  expect(operatorBehind(nodes, output)).toBeUndefined();
});
