/** Which steps of a batch are real: any of them, in any place, as Keras's masks say it. */
import { reshape, type Session, type Tensor } from "@cellstate/tensor";

export class Mask {
  readonly batchSize: number;
  readonly seqLen: number;
  /** `[batchSize, seqLen]`: 1 on real steps, 0 on the others. */
  readonly real: Uint8Array;

  constructor(batchSize: number, seqLen: number, real: Uint8Array) {
    this.batchSize = batchSize;
    this.seqLen = seqLen;
    this.real = real;
  }

  /** Steps for which `isReal` holds, of elements row-major. */
  static where(batchSize: number, seqLen: number, isReal: (position: number) => boolean): Mask {
    const real = new Uint8Array(batchSize * seqLen);
    for (let position = 0; position < real.length; position++) real[position] = isReal(position) ? 1 : 0;
    return new Mask(batchSize, seqLen, real);
  }

  /** The steps that are real in either. */
  or(other: Mask): Mask {
    return Mask.where(this.batchSize, this.seqLen, (at) => this.real[at] === 1 || other.real[at] === 1);
  }

  /** Each row `count` times, one after the other. */
  repeatRows(count: number): Mask {
    const { batchSize, seqLen } = this;
    return Mask.where(batchSize * count, seqLen, (at) => {
      const row = Math.floor(at / (seqLen * count));
      return this.real[row * seqLen + (at % seqLen)] === 1;
    });
  }

  get isFull(): boolean {
    return this.real.every((step) => step === 1);
  }

  /** Real steps of each row. */
  get counts(): Int32Array {
    const counts = new Int32Array(this.batchSize);
    for (let position = 0; position < this.real.length; position++) {
      counts[Math.floor(position / this.seqLen)]! += this.real[position]!;
    }
    return counts;
  }

  /** `row * seqLen + step` of all real steps, rising. */
  get positions(): Int32Array {
    return Int32Array.from(this.real.keys()).filter((position) => this.real[position] === 1);
  }

  /** Whether each row's real steps come first: then `counts` says all. */
  get isAtStart(): boolean {
    const { counts, seqLen } = this;
    return this.real.every(
      (step, position) => (step === 1) === position % seqLen < counts[Math.floor(position / seqLen)]!,
    );
  }

  /** Numbers of the real steps of each row, in order, or in reverse. */
  steps(reverse: boolean): number[][] {
    const { seqLen } = this;
    return Array.from({ length: this.batchSize }, (_, row) => {
      const steps: number[] = [];
      for (let step = 0; step < seqLen; step++) if (this.real[row * seqLen + step] === 1) steps.push(step);
      return reverse ? steps.reverse() : steps;
    });
  }

  /** 1 and 0 as a tensor `[batchSize, seqLen, 1, ...]` of the given rank, to multiply with. */
  tensor(session: Session, rank = 2): Tensor {
    const flat = session.tensor(this.real, [this.batchSize, this.seqLen]);
    return rank === 2 ? flat : reshape(flat, [this.batchSize, this.seqLen, ...new Array<number>(rank - 2).fill(1)]);
  }
}
