/**
 * Where a piece can be cut without a difference. SentencePiece's models see a whole text as one piece, "▁" for each
 * space, yet learn no token that goes on from one word into the next: each word is merged by itself.
 */
const MARK = "▁";
const INSIDE = /[^▁]▁/;

/** Whether a token has no "▁" behind another character. */
export function staysInWord(token: string): boolean {
  return !INSIDE.test(token);
}

/** Where the word ends that starts at `start`: at the next "▁" behind another character, or with the piece. */
export function endOfWord(piece: string, start: number): number {
  let at = piece.indexOf(MARK, start + 1);
  while (at !== -1 && piece.charAt(at - 1) === MARK) at = piece.indexOf(MARK, at + 1);
  return at === -1 ? piece.length : at;
}
