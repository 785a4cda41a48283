/** A config as text: a comment above each key that has one, and its value on the same line or a line for each of its keys. */
import type { DraftSection } from "@cellstate/tasks/starters";

/** Longest line before a map is spread over several. */
const MAX_WIDTH = 100;

/**
 * @param head      comment lines above all keys
 * @param sections  in their order; values are plain data
 */
export function configText(head: readonly string[], sections: readonly DraftSection[]): string {
  const lines = [...head.map((line) => `# ${line}`)];
  for (const { key, value, comment } of sections) {
    if (comment !== undefined) lines.push(`# ${comment}`);
    lines.push(...entryOf(key, value, ""));
  }
  return `${lines.join("\n")}\n`;
}

function entryOf(key: string, value: unknown, indent: string): string[] {
  const line = `${indent}${scalar(key)}: ${flow(value)}`;
  if (line.length <= MAX_WIDTH || typeof value !== "object" || value === null || Array.isArray(value)) return [line];
  const entries = Object.entries(value).flatMap(([inner, one]) => entryOf(inner, one, `${indent}  `));
  return [`${indent}${scalar(key)}:`, ...entries];
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, one]) => `${scalar(key)}: ${flow(one)}`)
      .join(", ")} }`;
  }
  return typeof value === "string" ? scalar(value) : String(value);
}

/** A text that YAML reads as the same text: plain where nothing else can be meant, else as a string of JSON, which YAML reads, too. */
function scalar(text: string): string {
  const isPlain =
    /^[\p{L}_./][\p{L}\p{N}_./-]*$/u.test(text) && !/^(true|false|null|yes|no|on|off|y|n|\.inf|\.nan|\.+)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}
