/** A layer for single positions, applied to each real step of a sequence. */
import { reshape, ShapeError, type Tensor } from "@cellstate/tensor";
import type { Module } from "../module.ts";
import { Packing } from "./packing.ts";

/** A module that maps `[rows, ...]` to `[rows, ...]`, no row seeing another. */
export interface RowModule extends Module {
  forward(rows: Tensor): Tensor;
}

/** The rows that the layer sees are the real steps, so that padding costs nothing and moves no bit of a weight's gradient. */
export class TimeDistributed implements Module {
  readonly layer: RowModule;

  constructor(layer: RowModule) {
    this.layer = layer;
  }

  /**
   * @param x        `[batch, time, ...]`
   * @param lengths  `[batch]`: real steps of each row. Default: all
   * @returns `[batch, time, ...]` with the axes that the layer gives, 0 on padding
   * @throws {ShapeError} if `x` has no time, or a length lies outside `[0, time]`
   */
  forward(x: Tensor, lengths?: Int32Array): Tensor {
    const [batchSize, seqLen, ...axes] = x.shape;
    if (batchSize === undefined || seqLen === undefined || axes.length === 0) {
      throw new ShapeError("TimeDistributed", "input of shape [batch, time, ...]", x.shape);
    }
    const packing = new Packing("TimeDistributed", { batchSize, seqLen, lengths });
    const features = axes.reduce((product, extent) => product * extent, 1);
    const rows = packing.pack(reshape(x, [batchSize, seqLen, features]));
    const mapped = this.layer.forward(reshape(rows, [rows.shape[0]!, ...axes]));
    const [count, ...outputAxes] = mapped.shape as [number, ...number[]];
    const width = outputAxes.reduce((product, extent) => product * extent, 1);
    return reshape(packing.unpack(reshape(mapped, [count, width])), [batchSize, seqLen, ...outputAxes]);
  }

  /** Those of the layer, under its names. */
  parameters(): Map<string, Tensor> {
    return this.layer.parameters();
  }

  buffers(): Map<string, Tensor> {
    return this.layer.buffers?.() ?? new Map();
  }
}
