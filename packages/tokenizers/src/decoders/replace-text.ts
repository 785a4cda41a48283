/** Each place of a string replaced; an empty one is found before, between and behind all code points, as in Rust. */
export function replaceText(text: string, search: string, replacement: string): string {
  return text.replaceAll(search === "" ? /(?:)/gu : search, () => replacement);
}
