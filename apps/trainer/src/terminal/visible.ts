/**
 * Control characters made visible: an escape sequence in a name, a file or a text is shown as `\u{1b}` and does not steer the
 * terminal.
 */

/** C0 but for line breaks and tabs, DEL, C1, and what reorders the text around it (embeddings, overrides, isolates). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A text of several lines whose control characters are shown. */
export function showControls(text: string): string {
  return text.replace(STEERING, escapeCharacter);
}

/** A text that keeps to its line: as {@link showControls}, and line breaks and tabs as `\n` and `\t`. */
export function showOnOneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    if (character === "\n") return "\\n";
    return character === "\t" ? "\\t" : escapeCharacter(character);
  });
}

/** `\u{1b}` for the escape character. */
export function escapeCharacter(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
