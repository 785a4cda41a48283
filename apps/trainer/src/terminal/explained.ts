/** Texts whose words are marked by how much they count in the answer: in colours, or with their scores where there are none. */
import { styleText } from "node:util";
import { type AttributedPiece, type Attribution, attributedPieces } from "@cellstate/tasks";
import { showOnOneLine } from "./visible.ts";

/** Strengths from which a word is marked, and from which it is marked strongly. */
const MARKED = 0.15;
const STRONG = 0.5;

/** Blue and yellow are told apart by nearly all eyes, unlike green and red. */
const FOR = "blueBright";
const AGAINST = "yellow";

const standardOutputHasColours = () => process.stdout.isTTY === true && process.stdout.hasColors();

/** What the marks mean, in one line. */
export function legend(isColoured: boolean = standardOutputHasColours()): string {
  const show = (piece: AttributedPiece) => markedPiece(piece, isColoured);
  const [speaks, counters] = [
    show({ text: "for the answer", score: 1, strength: 1 }),
    show({ text: "against it", score: -1, strength: -1 }),
  ];
  return isColoured ? `${speaks}  ${counters}` : "in brackets: what a word adds to the log-probability of the answer";
}

/** The answer, its probability and the text on one line; in a text without colours, words that count have their score. */
export function explainedText(
  text: unknown,
  attribution: Attribution,
  isColoured: boolean = standardOutputHasColours(),
): string {
  const pieces = attributedPieces(String(text), attribution).map((piece) => markedPiece(piece, isColoured));
  const answer = `${showOnOneLine(attribution.answer)} ${(100 * attribution.probability).toFixed(1)} %`;
  return `${isColoured ? styled("bold", answer) : answer}  ${pieces.join("")}`;
}

function markedPiece({ text, score = 0, strength = 0 }: AttributedPiece, isColoured: boolean): string {
  const shown = showOnOneLine(text);
  if (Math.abs(strength) < MARKED) return shown;
  if (!isColoured) return `[${shown} ${score > 0 ? "+" : ""}${score.toFixed(2)}]`;
  const colour = score > 0 ? FOR : AGAINST;
  return Math.abs(strength) < STRONG ? styled(colour, shown) : styled([colour, "bold", "underline"], shown);
}

function styled(format: Parameters<typeof styleText>[0], text: string): string {
  return styleText(format, text, { validateStream: false });
}
