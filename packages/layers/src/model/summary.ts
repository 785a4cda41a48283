/** A model as a table: layers, shapes of their outputs, weights, and what an example costs. */
import { type OptionNames, requireKnownOptions } from "@cellstate/tensor";
import type { Graph } from "../graph/graph.ts";
import { shapeText } from "../shape.ts";

export interface SummaryOptions {
  /** Where lines go. Default: the console. */
  readonly print?: ((line: string) => void) | undefined;
}

const optionNames: OptionNames<SummaryOptions> = { print: true };

const bytesPerNumber = 4;
/** A weight in training: itself, its gradient and two moments. */
const numbersPerTrained = 4;

export function printSummary(name: string, graph: Graph, options: SummaryOptions): void {
  requireKnownOptions("summary", options, optionNames);
  const { print = (line: string) => console.log(line) } = options;
  const rows = graph.nodes.map(({ layer, inputs, outputs }, at) => {
    const isFirst = graph.nodes.findIndex((node) => node.layer === layer) === at;
    const flops = inputs.length === 0 ? 0 : (layer.plan(inputs.map(({ shape }) => shape)).flops ?? 0);
    return {
      title: layer.title,
      shape: outputs.map(({ shape }) => shapeText(shape)).join(", "),
      weights: isFirst ? countWeights(layer.specs) : 0,
      trained: isFirst && layer.trainable ? countWeights(layer.specs.filter(({ trainable = true }) => trainable)) : 0,
      flops,
    };
  });
  const cells = [
    ["layer (class)", "output shape", "weights", "FLOPs"],
    ...rows.map(({ title, shape, weights, flops }) => [title, shape, grouped(weights), grouped(flops)]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  print(`model ${name}`);
  cells.forEach((row, at) => {
    print(
      row
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join("  ")
        .trimEnd(),
    );
    if (at === 0) print(widths.map((width) => "-".repeat(width)).join("  "));
  });
  const total = (key: "weights" | "trained" | "flops") => rows.reduce((sum, row) => sum + row[key], 0);
  const [weights, trained] = [total("weights"), total("trained")];
  print(`weights: ${grouped(weights)} (${sizeText(bytesPerNumber * weights)}), trained: ${grouped(trained)}`);
  const inTraining = bytesPerNumber * (weights - trained + numbersPerTrained * trained);
  print(
    `memory of weights in training with Adam: ${sizeText(inTraining)}; FLOPs of an example, forward: ${grouped(total("flops"))}`,
  );
}

function countWeights(specs: readonly { readonly shape: readonly number[] }[]): number {
  return specs.reduce((sum, { shape }) => sum + shape.reduce((size, extent) => size * extent, 1), 0);
}

/** `12,345`, the same in every locale. */
function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
