/** Markdown that no text can break: what stands between markup is escaped, and code stands in fences longer than any in it. */

/** Text within a line or a cell of a table; what would be markup or HTML is shown as it is. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_{}[\]#|~]/g, (character) => `\\${character}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** A block of code in some language. */
export function fenced(language: string, code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${code.trimEnd()}\n${fence}\n`;
}

/** A table, its cells escaped; the first column is text, the others are numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |\n`;
  const rule = `| ${head.map((_, column) => (column < 2 ? "---" : "--:")).join(" | ")} |\n`;
  return [line(head), rule, ...rows.map(line)].join("");
}
