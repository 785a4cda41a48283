/** Operators that run graphs of their own: choosing between two, and loops. */
import type { CompiledGraph, NodeCall, Op } from "../run/op.ts";
import { boolValue, type OnnxValue, wholeValue } from "../values.ts";
import { joinAlong, sliceAlong } from "./layout.ts";
import { reshaped } from "./rearrange.ts";

function choose(call: NodeCall): readonly OnnxValue[] {
  return call.runBody(call.body(call.scalar(0) !== 0 ? "then_branch" : "else_branch"), []);
}

/** One round in memory of its own, of which only the results stay. */
function runRound(call: NodeCall, body: CompiledGraph, inputs: readonly OnnxValue[]): readonly OnnxValue[] {
  if (inputs.length !== body.inputs.length) {
    throw call.fault(`expected a body of ${inputs.length} inputs, got one of ${body.inputs.length}`);
  }
  const before = call.meter.elements;
  const results = call.session.tidy(() => call.runBody(body, inputs));
  const kept = results.reduce((sum, { shape }) => sum + shape.reduce((size, extent) => size * extent, 1), 0);
  call.meter.release(before, kept);
  return results;
}

/** Results of rounds, one after the other along a new axis. */
function stacked(call: NodeCall, rounds: readonly OnnxValue[], axis: number): OnnxValue {
  const [first] = rounds;
  if (first === undefined) throw call.fault("expected at least one round where its results are collected, got none");
  const at = call.axis(axis, first.shape.length + 1);
  const extended = rounds.map((value) =>
    reshaped(call, value, [...value.shape.slice(0, at), 1, ...value.shape.slice(at)]),
  );
  return joinAlong(call, extended, at);
}

/** Rounds until a limit or until the body says so; the body is told the number of the round and whether it goes on. */
function loop(call: NodeCall): OnnxValue[] {
  const body = call.body("body");
  const most = call.optionalScalar(0) ?? Number.POSITIVE_INFINITY;
  let goesOn = call.optionalScalar(1) ?? 1;
  let carried = call.inputs.slice(2).map((_, index) => call.value(index + 2));
  const collected: OnnxValue[][] = body.outputs.slice(1 + carried.length).map(() => []);
  for (let round = 0; round < most && goesOn !== 0; round++) {
    const inputs = [wholeValue("int64", [], [round]), boolValue([], [1]), ...carried];
    const [condition, ...rest] = runRound(call, body, inputs);
    if (condition?.kind !== "whole") throw call.fault("expected a body whose first output is a condition");
    goesOn = condition.data[0] ?? 0;
    rest.slice(carried.length).forEach((value, index) => {
      collected[index]!.push(value);
    });
    carried = rest.slice(0, carried.length);
  }
  return [...carried, ...collected.map((rounds) => stacked(call, rounds, 0))];
}

/** One round for each element along an axis of its inputs. */
function scan(call: NodeCall): OnnxValue[] {
  if (call.opset < 9) throw call.fault("expected version 9 of Scan or a later one");
  const body = call.body("body");
  const scannedCount = call.int("num_scan_inputs", 0);
  const stateCount = call.inputs.length - scannedCount;
  const outputCount = body.outputs.length - stateCount;
  if (scannedCount < 1 || stateCount < 0 || outputCount < 0) {
    throw call.fault(`expected num_scan_inputs from 1 to ${call.inputs.length}, got ${scannedCount}`);
  }
  const list = (name: string, count: number) => {
    const given = call.node.attributes.ints(name) ?? new Array<number>(count).fill(0);
    if (given.length !== count) throw call.fault(`expected ${count} ${name}, got ${given.length}`);
    return given;
  };
  const [inputAxes, inputDirections] = [
    list("scan_input_axes", scannedCount),
    list("scan_input_directions", scannedCount),
  ];
  const [outputAxes, outputDirections] = [
    list("scan_output_axes", outputCount),
    list("scan_output_directions", outputCount),
  ];
  const scanned = inputAxes.map((axis, index) => {
    const value = call.value(stateCount + index);
    return { value, axis: call.axis(axis, value.shape.length), reverse: inputDirections[index] !== 0 };
  });
  const rounds = scanned[0]!.value.shape[scanned[0]!.axis]!;
  if (scanned.some(({ value, axis }) => value.shape[axis] !== rounds))
    throw call.fault("expected inputs of one length");
  let states = call.inputs.slice(0, stateCount).map((_, index) => call.value(index));
  const collected: OnnxValue[][] = Array.from({ length: outputCount }, () => []);
  for (let round = 0; round < rounds; round++) {
    const elements = scanned.map(({ value, axis, reverse }) => {
      const at = reverse ? rounds - 1 - round : round;
      const shape = value.shape.filter((_, index) => index !== axis);
      return reshaped(call, sliceAlong(call, value, axis, at, at + 1), shape);
    });
    const results = runRound(call, body, [...states, ...elements]);
    states = results.slice(0, stateCount);
    results.slice(stateCount).forEach((value, index) => {
      if (outputDirections[index] === 0) collected[index]!.push(value);
      else collected[index]!.unshift(value);
    });
  }
  return [...states, ...collected.map((values, index) => stacked(call, values, outputAxes[index]!))];
}

export const controlOps: Readonly<Record<string, Op>> = {
  If: { attributes: ["then_branch", "else_branch"], folds: false, run: choose },
  Loop: { attributes: ["body"], folds: false, run: loop },
  Scan: {
    attributes: [
      "body",
      "num_scan_inputs",
      "scan_input_axes",
      "scan_input_directions",
      "scan_output_axes",
      "scan_output_directions",
    ],
    folds: false,
    run: scan,
  },
};
