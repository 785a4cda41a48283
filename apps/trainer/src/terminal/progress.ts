/** Progress on stderr: a live line on a terminal, plain lines elsewhere, nothing when quiet. */
import type { StepEvent } from "@cellstate/training";
import stringWidth from "string-width";
import { formatCount, formatDuration, formatWhole } from "./format.ts";
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
  /** The last dev score, which the lines of steps show from now on. */
  score(text: string): void;
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
  /** Bytes of memory in use; for tests. */
  readonly memory?: () => number;
}

const LIVE_EVERY_MS = 100;
const PLAIN_EVERY_MS = 10_000;
/** To the start of the line, and clears it. */
const CLEAR = "\r\x1b[K";
/** Cuts texts into characters as people see them. */
const characters = new Intl.Segmenter();

export function createProgress(options: ProgressOptions = {}): Progress {
  const { stream = process.stderr, now = () => performance.now(), memory = () => process.memoryUsage.rss() } = options;
  if (options.quiet === true) return quietProgress(stream);
  return stream.isTTY === true ? liveProgress(stream, { now, memory }) : plainProgress(stream, { now, memory });
}

/** What is measured beside the steps. */
type Gauges = Required<Pick<ProgressOptions, "now" | "memory">>;

/** A part of a line, and how much it is missed where the line is too long: parts with less go first. */
type Part = readonly [text: string, weight: number];

/** `step 120/504  epoch 2/8  loss 0.4123  dev accuracy 0.8700  91.0k tokens/s  210 MiB  0:12 left`. */
function partsOfStep(event: StepEvent, epochs: number, score: string, memoryBytes: number): readonly Part[] {
  const { step, totalSteps, epoch, loss, tokensPerSecond, elapsedSeconds } = event;
  const left = (elapsedSeconds / step) * (totalSteps - step);
  const ofScore: readonly Part[] = score === "" ? [] : [[`dev ${score}`, 4]];
  return [
    [`step ${step}/${totalSteps}`, 7],
    [`epoch ${epoch}/${epochs}`, 3],
    [`loss ${loss.toFixed(4)}`, 5],
    ...ofScore,
    [`${formatCount(tokensPerSecond)} tokens/s`, 2],
    [`${formatWhole(Math.round(memoryBytes / 2 ** 20))} MiB`, 1],
    [`${formatDuration(left)} left`, 6],
  ];
}

const join = (parts: readonly Part[]) => parts.map(([text]) => text).join("  ");

/** The parts that fit into the columns, in their order: those that are missed least are left out. */
function fitParts(parts: readonly Part[], columns: number): string {
  if (parts.length <= 1 || stringWidth(join(parts)) <= columns) return join(parts);
  const least = Math.min(...parts.map(([, weight]) => weight));
  return fitParts(
    parts.filter(([, weight]) => weight !== least),
    columns,
  );
}

function quietProgress(stream: ProgressStream): Progress {
  const nothing = () => {};
  return {
    line: nothing,
    warn: (text) => stream.write(`${showControls(text)}\n`),
    step: nothing,
    score: nothing,
    tick: nothing,
    phase: nothing,
    end: nothing,
  };
}

function plainProgress(stream: ProgressStream, { now, memory }: Gauges): Progress {
  let last = now();
  let score = "";
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
    step: (event, epochs) => tick(() => join(partsOfStep(event, epochs, score, memory()))),
    score: (text) => {
      score = text;
    },
    tick,
    phase: () => {},
    end: () => {},
  };
}

/** Each change of the line is one write, and a line that is drawn anew is written over, so that nothing flickers. */
function liveProgress(stream: ProgressStream, { now, memory }: Gauges): Progress {
  let drawn = Number.NEGATIVE_INFINITY;
  let score = "";
  const columns = () => (stream.columns ?? 80) - 1;
  const clear = () => stream.write(CLEAR);
  const draw = (text: string) => {
    drawn = now();
    stream.write(`\r${fit(showControls(showOnOneLine(text)), columns())}\x1b[K`);
  };
  const line = (text: string) => stream.write(`${CLEAR}${showControls(text)}\n`);
  return {
    line,
    warn: line,
    step(event, epochs) {
      if (now() - drawn < LIVE_EVERY_MS && event.step !== event.totalSteps) return;
      draw(fitParts(partsOfStep(event, epochs, score, memory()), columns()));
    },
    score(text) {
      score = text;
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
