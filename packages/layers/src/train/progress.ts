/** What people see while a model is trained: as in Keras an epoch's line with a bar, time, loss and metrics. */
import type { Callback } from "./callbacks.ts";
import type { Logs } from "./trainer.ts";

/** Where lines go. */
export interface ProgressOutput {
  /** Whether a line can be written over: then there is a bar that moves. */
  readonly canRewrite: boolean;
  write(text: string): void;
}

interface ProgressState {
  /** Batches done, of `total`, which is undefined where nobody knows. */
  readonly done: number;
  readonly total: number | undefined;
  readonly elapsedMs: number;
  readonly logs: Logs;
}

const BAR_WIDTH = 20;

/** `12/25 ━━━━━━━━━╸──────────  3s 41ms/step - accuracy: 0.9125 - loss: 0.2210` */
export function progressLine({ done, total, elapsedMs, logs }: ProgressState): string {
  const isOver = total !== undefined && done >= total;
  const perStep = done === 0 ? 0 : elapsedMs / done;
  const remaining = total === undefined || isOver ? elapsedMs : perStep * (total - done);
  const count = total === undefined ? `${done}/?` : `${String(done).padStart(String(total).length)}/${total}`;
  return [
    `${count} ${bar(done, total)} ${durationText(remaining)} ${stepText(perStep)}/step`,
    ...scoreTexts(logs),
  ].join(" - ");
}

/** `accuracy: 0.9125`, for each score. */
export function scoreTexts(logs: Logs): string[] {
  return Object.entries(logs).map(([name, value]) => `${name}: ${numberText(value)}`);
}

function bar(done: number, total: number | undefined): string {
  if (total === undefined) return "━".repeat(BAR_WIDTH);
  const full = Math.floor((BAR_WIDTH * Math.min(done, total)) / Math.max(1, total));
  return "━".repeat(full) + "─".repeat(BAR_WIDTH - full);
}

/** Four digits behind the point, or an exponent where those would be zeros. */
function numberText(value: number): string {
  return Math.abs(value) > 1e-3 || value === 0 ? value.toFixed(4) : value.toExponential(4);
}

function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const [minutes, rest] = [Math.floor(seconds / 60), String(seconds % 60).padStart(2, "0")];
  return minutes < 60
    ? `${minutes}:${rest}`
    : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

function stepText(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)}s`;
  return ms >= 1 ? `${Math.round(ms)}ms` : `${Math.round(1000 * ms)}us`;
}

/** Milliseconds between two drawings of a bar. */
const REDRAW_MS = 50;

/**
 * Shows each epoch: with `verbose` 1 as a bar that moves, where the output can, and with 2 as one line when it is done.
 *
 * @param totals  batches in an epoch, where they are known
 */
export function progress(
  output: ProgressOutput,
  verbose: 1 | 2,
  totals: { readonly epochs: number; readonly steps: number | undefined },
): Callback {
  let started = 0;
  let drawn = 0;
  let done = 0;
  const isMoving = verbose === 1 && output.canRewrite;
  return {
    onEpochBegin(epoch) {
      started = performance.now();
      drawn = 0;
      done = 0;
      output.write(`Epoch ${epoch + 1}/${totals.epochs}\n`);
    },
    ...(isMoving && {
      onTrainBatchEnd(batch: number, logs: Logs) {
        done = batch + 1;
        const now = performance.now();
        if (now - drawn < REDRAW_MS) return;
        drawn = now;
        output.write(`\r\u001b[K${progressLine({ done, total: totals.steps, elapsedMs: now - started, logs })}`);
      },
    }),
    onEpochEnd(_epoch, logs) {
      const total = totals.steps ?? done;
      const line = progressLine({ done: total, total, elapsedMs: performance.now() - started, logs });
      output.write(`${isMoving ? "\r\u001b[K" : ""}${line}\n`);
    },
  };
}

/** The terminal of a process where there is one, otherwise the console. */
export function standardOutput(): ProgressOutput {
  const stdout = globalThis.process?.stdout;
  if (stdout === undefined) return { canRewrite: false, write: (text) => console.log(text.trimEnd()) };
  return { canRewrite: stdout.isTTY === true, write: (text) => void stdout.write(text) };
}
