/**
 * Made-up water levels of a lake, in cm, that swing slowly under gusts of wind:
 * `node --conditions=@cellstate/source make-data.ts > data.tsv`.
 */
import { DrawStream } from "@cellstate/data";

const ROWS = 240;
const PAST = 16;
const NEXT = 4;
const MEAN_LEVEL = 250;

/** Rows of 16 levels and the 4 that follow; no level is to be forecast twice. */
export function makeData(): string {
  const levels = swing(PAST + ROWS * NEXT);
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const start = row * NEXT;
    const [past, next] = [levels.slice(start, start + PAST), levels.slice(start + PAST, start + PAST + NEXT)];
    return `${past.join(" ")}\t${next.join(" ")}\n`;
  });
  return `past\tnext\n${rows.join("")}`;
}

/** A second-order autoregressive process: about 12 steps a swing, which the gusts keep going. */
function swing(count: number): string[] {
  const gusts = new DrawStream(0, "gusts");
  let before = 0;
  let level = 20;
  return Array.from({ length: count }, () => {
    const gust = 12 * (gusts.next() / 2 ** 32 - 0.5);
    [before, level] = [level, 1.7 * level - 0.96 * before + gust];
    return (MEAN_LEVEL + level).toFixed(1);
  });
}

if (import.meta.main) process.stdout.write(makeData());
