/** Data files made by their grammar: rows of hostile values, quoted rightly or nearly so. */
import { HOSTILE_NUMBERS, HOSTILE_TEXTS } from "../mutate/hostile.ts";
import type { Random } from "../random.ts";

const END = ["\n", "\n", "\n", "\r\n", "\r"];

export function csvText(random: Random): string {
  const end = random.pick(END);
  return rowsOf(random)
    .map((row) => row.map((value) => csvValue(value, random)).join(","))
    .join(end)
    .concat(random.oneIn(3) ? "" : end);
}

export function tsvText(random: Random): string {
  const end = random.pick(END);
  return rowsOf(random)
    .map((row) => row.map((value) => (random.oneIn(20) ? value : value.replace(/[\t\r\n]/g, " "))).join("\t"))
    .join(end)
    .concat(random.oneIn(3) ? "" : end);
}

export function jsonlText(random: Random): string {
  return random
    .times(random.few(6), () => {
      const members = random.times(random.few(4), () => `${JSON.stringify(key(random))}:${jsonValue(random)}`);
      return random.oneIn(10) ? random.pick(["", " ", "null", "[]", "{}"]) : `{${members.join(",")}}`;
    })
    .join(random.pick(END));
}

export function plainText(random: Random): string {
  return random.times(random.few(12), () => value(random)).join(random.pick(END));
}

function rowsOf(random: Random): string[][] {
  const columns = random.few(5);
  const header = random.times(columns, (index) =>
    random.oneIn(8) ? value(random) : `${key(random)}${index === 0 ? "" : index}`,
  );
  const rows = random.times(random.below(6), () =>
    random.times(random.oneIn(30) ? random.few(8) : columns, () => value(random)),
  );
  return [header, ...rows];
}

function value(random: Random): string {
  return random.pick([HOSTILE_TEXTS, HOSTILE_NUMBERS, ["a fine film", "bad", "positive", "1"]][random.below(3)]!);
}

function key(random: Random): string {
  return random.pick(["text", "label", "id", "a", "__proto__", "constructor", "0"]);
}

function csvValue(text: string, random: Random): string {
  if (/[",\r\n]/.test(text) ? !random.oneIn(12) : random.oneIn(3)) return `"${text.replaceAll('"', '""')}"`;
  return text;
}

function jsonValue(random: Random): string {
  switch (random.below(5)) {
    case 0:
      return random.pick(HOSTILE_NUMBERS);
    case 1:
      return random.pick(["true", "false", "null", "[]", '["a", 1]', '{"a": 1}', "[null]", "[[1]]"]);
    case 2:
      return `[${random.times(random.few(3), () => JSON.stringify(value(random))).join(",")}]`;
    default:
      return JSON.stringify(value(random));
  }
}
