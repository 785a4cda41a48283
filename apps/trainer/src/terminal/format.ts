/** Numbers, times and tables as people read them in a terminal. */
import type { MetricInfo } from "@cellstate/training";
import stringWidth from "string-width";
import { showOnOneLine } from "./visible.ts";

/** `0:07`, `12:30`, `1:02:03`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** `950`, `12.3k`, `4.56M`. */
export function formatCount(value: number): string {
  if (value < 1000) return String(Math.round(value));
  if (value < 1e6) return `${(value / 1e3).toFixed(value < 1e5 ? 1 : 0)}k`;
  return `${(value / 1e6).toFixed(2)}M`;
}

/** `12,345`. */
export function formatWhole(value: number): string {
  return value.toLocaleString("en-US");
}

/** Numbers of any size, four digits of each: those of about the same size stand with their points below each other. */
const significant = (value: number) => (Math.abs(value) < 1000 ? value.toPrecision(4) : value.toFixed(0));
const fourDigits = (value: number) => value.toFixed(4);

/** How a number is written in each unit: rates and losses with four digits, points, which go to 100, with two. */
const scoreFormats: Readonly<Record<MetricInfo["unit"], (value: number) => string>> = {
  fraction: fourDigits,
  nats: fourDigits,
  points: (value) => value.toFixed(2),
  target: significant,
  number: significant,
};

/** A score in its metric's unit. */
export function formatScore(value: number, unit: MetricInfo["unit"]): string {
  return scoreFormats[unit](value);
}

/** Columns of text, the first one to the left, the others to the right unless `left` is set; line breaks and other control characters in a cell are shown. */
export function formatTable(given: readonly (readonly string[])[], { left = false } = {}): string {
  const rows = given.map((row) => row.map(showOnOneLine));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell));
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const space = " ".repeat(widths[column]! - stringWidth(cell));
          return left || column === 0 ? cell + space : space + cell;
        })
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}
