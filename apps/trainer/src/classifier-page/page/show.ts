/** What the page shows of an answer: probabilities as bars, and the text with its words marked. */
import { type Attribution, attributedPieces } from "@cellstate/tasks";

/** Labels above which the likeliest ones are shown, first. */
const MANY_LABELS = 8;
/** Strength from which a word is marked. */
const MARKED = 0.08;

const element = (selector: string): HTMLElement => document.querySelector<HTMLElement>(selector)!;

/** An element with a class and what it holds. */
function make(tag: string, className: string, ...content: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.append(...content);
  return made;
}

/** Before anything is typed. */
export function showNothing(): void {
  element("#results").hidden = true;
  element("#status").textContent = "";
}

/**
 * The bars.
 *
 * @param elapsedMs  what the answer took
 */
export function showAnswer(line: Readonly<Record<string, unknown>>, elapsedMs: number): void {
  const entries = Object.entries(line.probs as Readonly<Record<string, number>>);
  const likeliest = entries.toSorted(([, one], [, other]) => other - one);
  const [label, prob] = likeliest[0]!;
  element("#status").textContent = `${label}, ${percent(prob)}`;
  const shown = entries.length > MANY_LABELS ? likeliest.slice(0, MANY_LABELS) : entries;
  element("#bars").replaceChildren(...shown.map(([name, value]) => bar(name, value, name === label)));
  const rest = likeliest.slice(shown.length).reduce((sum, [, value]) => sum + value, 0);
  element("#rest").textContent =
    shown.length < entries.length ? `${entries.length - shown.length} other labels: ${percent(rest)} together` : "";
  const time = element("#time");
  time.textContent = `answered in ${elapsedMs < 10 ? elapsedMs.toFixed(1) : Math.round(elapsedMs)} ms`;
  time.dataset.ms = String(elapsedMs);
  element("#results").hidden = false;
}

function bar(name: string, prob: number, isAnswer: boolean): HTMLElement {
  const fill = make("span", "fill");
  fill.style.setProperty("--share", `${100 * prob}%`);
  const track = make("span", "track", fill);
  track.setAttribute("aria-hidden", "true");
  const row = make(
    "li",
    isAnswer ? "answer" : "",
    make("span", "label", name),
    track,
    make("span", "value", percent(prob)),
  );
  row.dataset.label = name;
  row.dataset.prob = String(prob);
  return row;
}

/** The text with its words marked, and the words that count most as a table. */
export function showWords(text: string, attribution: Attribution): void {
  const pieces = attributedPieces(text, attribution).map(({ text: part, score = 0, strength = 0 }) => {
    if (Math.abs(strength) < MARKED) return part;
    const mark = make("mark", score > 0 ? "for" : "against", part);
    mark.style.setProperty("--strength", `${Math.round(100 * Math.abs(strength))}%`);
    mark.title = signed(score);
    mark.dataset.score = String(score);
    return mark;
  });
  element("#marked").replaceChildren(...pieces);
  for (const name of document.querySelectorAll(".of-answer")) name.textContent = attribution.answer;
  const ranked = attribution.words.toSorted((one, other) => Math.abs(other.score) - Math.abs(one.score));
  element("#scores").replaceChildren(
    ...ranked
      .slice(0, 20)
      .map((word) => make("tr", "", make("td", "", word.text), make("td", "number", signed(word.score)))),
  );
}

function signed(score: number): string {
  return `${score < 0 ? "\u2212" : "+"}${Math.abs(score).toFixed(2)}`;
}

/** So that what is nearly sure does not look sure. */
function percent(share: number): string {
  const points = 100 * share;
  if (points > 99.9 && share < 1) return "> 99.9 %";
  return points < 0.1 && share > 0 ? "< 0.1 %" : `${points.toFixed(1)} %`;
}
