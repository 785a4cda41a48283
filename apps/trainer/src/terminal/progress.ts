/** Progress on stderr: a live line on a terminal, plain lines elsewhere, nothing when quiet. */
import type { StepEvent } from "@cellstate/training";
import stringWidth from "string-width";
import { formatCount, formatDuration } from "./format.ts";
import { showControls, showOnOneLine } from "./visible.ts";

/** @internal Where progress goes; `process.stderr` fits. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** A line that stays. */
  line(text: string): void;
  /** A line that stays, quiet or not. */
  warn(text: string): void;
  /** One training step. */
  step(event: StepEvent, epochs: number): void;
  /** How far something is; `describe` is only asked where it is shown, now and then. */
  tick(describe: () => string): void;
  /** What is being done, until the next call of anything. */
  phase(text: string): void;
  /** Clears the live line. */
  end(): void;
}

export interface ProgressOptions {
  readonly quiet?: boolean | undefined;
  readonly stream?: ProgressStream;
  /** Milliseconds from some start; for tests. */
  readonly now?: () => number;
}

const LIVE_EVERY_MS = 100;
const PLAIN_EVERY_MS = 10_000;
/** Cuts texts into characters as people see them. */
const characters = new Intl.Segmenter();

export function createProgress(options: ProgressOptions = {}): Progress {
  const stream = options.stream ?? process.stderr;
  const now = options.now ?? (() => performance.now());
  if (options.quiet === true) return quietProgress(stream);
  return stream.isTTY === true ? liveProgress(stream, now) : plainProgress(stream, now);
}

/** `step 120/504  epoch 2/8  loss 0.4123  91.0k tokens/s  0:12 left`. */
function describeStep(event: StepEvent, epochs: number): string {
  const { step, totalSteps, epoch, loss, tokensPerSecond, elapsedSeconds } = event;
  const left = (elapsedSeconds / step) * (totalSteps - step);
  return [
    `step ${step}/${totalSteps}`,
    `epoch ${epoch}/${epochs}`,
    `loss ${loss.toFixed(4)}`,
    `${formatCount(tokensPerSecond)} tokens/s`,
    `${formatDuration(left)} left`,
  ].join("  ");
}

function quietProgress(stream: ProgressStream): Progress {
  const nothing = () => {};
  return {
    line: nothing,
    warn: (text) => stream.write(`${showControls(text)}\n`),
    step: nothing,
    tick: nothing,
    phase: nothing,
    end: nothing,
  };
}

function plainProgress(stream: ProgressStream, now: () => number): Progress {
  let last = now();
  const line = (text: string) => {
    last = now();
    stream.write(`${showControls(text)}\n`);
  };
  const tick = (describe: () => string) => {
    if (now() - last >= PLAIN_EVERY_MS) line(describe());
  };
  return {
    line,
    warn: line,
    step: (event, epochs) => tick(() => describeStep(event, epochs)),
    tick,
    phase: () => {},
    end: () => {},
  };
}

function liveProgress(stream: ProgressStream, now: () => number): Progress {
  let drawn = Number.NEGATIVE_INFINITY;
  const clear = () => stream.write("\r\x1b[K");
  const draw = (text: string) => {
    drawn = now();
    clear();
    stream.write(fit(showControls(showOnOneLine(text)), (stream.columns ?? 80) - 1));
  };
  const line = (text: string) => {
    clear();
    stream.write(`${showControls(text)}\n`);
  };
  return {
    line,
    warn: line,
    step(event, epochs) {
      if (now() - drawn >= LIVE_EVERY_MS || event.step === event.totalSteps) draw(describeStep(event, epochs));
    },
    tick(describe) {
      if (now() - drawn >= LIVE_EVERY_MS) draw(describe());
    },
    phase: draw,
    end: clear,
  };
}

/** The beginning of a text that fits into the columns. */
function fit(text: string, columns: number): string {
  let width = 0;
  for (const { segment, index } of characters.segment(text)) {
    width += stringWidth(segment);
    if (width > columns) return text.slice(0, index);
  }
  return text;
}
