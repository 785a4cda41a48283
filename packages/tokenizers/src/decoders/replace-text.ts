/** Replaces every match of a string; an empty string matches before, between and after all code points, as in Rust. */
export function replaceText(text: string, search: string, replacement: string): string {
  return text.replaceAll(search === "" ? /(?:)/gu : search, () => replacement);
}
