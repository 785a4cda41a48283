/** Texts that occur again, to the letter or nearly: within train, and in train and a split that is scored. */
import { exampleOf, type Finding, KEPT_EXAMPLES, type LintRecord, type LintSplits, percent } from "./finding.ts";
import { hashText, wordsOf } from "./words.ts";

/** Share of a scored split that may be known from training before its score means less. */
const SERIOUS_LEAK = 0.01;
/** Share of repeated training texts that is worth a word. */
const MANY_REPEATED = 0.02;

export function findDuplicates(splits: LintSplits): Finding[] {
  const train = splits.get("train") ?? [];
  return [...contradictions(train), ...repeated(train), ...leaks(splits, train, new NearIndex(train))];
}

/** Only the texts of scored splits that are in train to the letter, which takes a look-up each. */
export function exactLeaks(splits: LintSplits): Finding[] {
  return leaks(splits, splits.get("train") ?? [], undefined);
}

const exactKey = ({ text }: LintRecord) => text.trim();

/** The same for texts that differ in capitals and punctuation alone; a text without words is like no other. */
const plainKey = (record: LintRecord) => wordsOf(record.text).join(" ") || `${record.place} ${record.text}`;

function groupsOf(
  records: readonly LintRecord[],
  keyOf: (record: LintRecord) => string = exactKey,
): ReadonlyMap<string, readonly LintRecord[]> {
  const groups = new Map<string, LintRecord[]>();
  for (const record of records) {
    const key = keyOf(record);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return groups;
}

/** The same text with different labels: one of them is wrong. */
function contradictions(train: readonly LintRecord[]): Finding[] {
  const groups = [...groupsOf(train).values()].filter((group) => new Set(group.map(({ label }) => label)).size > 1);
  if (groups.length === 0) return [];
  const rows = groups.reduce((sum, group) => sum + group.length, 0);
  const examples = groups.slice(0, KEPT_EXAMPLES).map(([first, ...others]) => {
    const other = others.find(({ label }) => label !== first!.label)!;
    return exampleOf(first!, `${first!.label}; ${other.place} says ${other.label}`);
  });
  return [
    {
      check: "one text, two labels",
      severity: rows > SERIOUS_LEAK * train.length ? "serious" : "minor",
      message: `${groups.length} texts occur in train with different labels (${rows} rows); mend the labels or remove the rows`,
      examples,
    },
  ];
}

function repeated(train: readonly LintRecord[]): Finding[] {
  const again = [...groupsOf(train, plainKey).values()].filter((group) => group.length > 1);
  const rows = again.reduce((sum, group) => sum + group.length - 1, 0);
  if (rows <= MANY_REPEATED * train.length) return [];
  const exact = train.length - groupsOf(train).size;
  const nearly = rows > exact ? `, ${exact} to the letter and the others but for capitals and punctuation` : "";
  return [
    {
      check: "duplicates within train",
      severity: "minor",
      message: `${rows} rows of train repeat an earlier one (${percent(rows, train.length)})${nearly}; each counts as often as it occurs, so remove what was copied by mistake`,
      examples: again
        .sort((a, b) => b.length - a.length)
        .slice(0, KEPT_EXAMPLES)
        .map(([first, ...others]) => exampleOf(first!, `${others.length + 1} times`)),
    },
  ];
}

function leaks(splits: LintSplits, train: readonly LintRecord[], near: NearIndex | undefined): Finding[] {
  const exact = groupsOf(train);
  return [...splits].flatMap(([split, records]) => {
    if (split === "train") return [];
    const found: { record: LintRecord; other: LintRecord; isExact: boolean }[] = [];
    for (const record of records) {
      const [same] = exact.get(exactKey(record)) ?? [];
      const other = same ?? near?.find(record);
      if (other !== undefined) found.push({ record, other, isExact: same !== undefined });
    }
    if (found.length === 0) return [];
    const equal = found.filter(({ isExact }) => isExact).length;
    const nearly = found.length - equal;
    const what = [...(equal > 0 ? [`${equal} to the letter`] : []), ...(nearly > 0 ? [`${nearly} nearly`] : [])];
    return [
      {
        check: `${split} texts in train`,
        severity: found.length > SERIOUS_LEAK * records.length ? "serious" : "minor",
        message: `${found.length} of ${records.length} ${split} texts (${percent(found.length, records.length)}) are in train too, ${what.join(" and ")}: the ${split} score is better than it would be on new texts; remove them from one of both`,
        examples: found
          .slice(0, KEPT_EXAMPLES)
          .map(({ record, other, isExact }) => exampleOf(record, `${isExact ? "as" : "nearly as"} ${other.place}`)),
      } satisfies Finding,
    ];
  });
}

/** Words below which a text is compared to the letter only: short ones are alike by chance. */
const SHORTEST = 5;
/** Jaccard index of the sets of words from which two texts are nearly the same. */
const NEAR = 0.85;
const BANDS = 8;
const ROWS = 4;

/** Finds a text of nearly the same words by MinHash and bands (Broder 1997; Leskovec et al., Mining of Massive Datasets, 3.4). */
class NearIndex {
  readonly #records: readonly LintRecord[];
  readonly #bands: readonly Map<number, number[]>[];

  constructor(records: readonly LintRecord[]) {
    this.#records = records;
    this.#bands = Array.from({ length: BANDS }, () => new Map<number, number[]>());
    for (const [place, record] of records.entries()) {
      for (const [band, key] of bandKeys(record).entries()) {
        const places = this.#bands[band]!.get(key);
        if (places === undefined) this.#bands[band]!.set(key, [place]);
        else if (places.length < MAX_BUCKET) places.push(place);
      }
    }
  }

  find(record: LintRecord): LintRecord | undefined {
    const words = new Set(wordsOf(record.text));
    const seen = new Set<number>();
    for (const [band, key] of bandKeys(record).entries()) {
      for (const place of this.#bands[band]!.get(key) ?? []) {
        if (seen.has(place)) continue;
        seen.add(place);
        const other = this.#records[place]!;
        if (jaccard(words, new Set(wordsOf(other.text))) >= NEAR) return other;
      }
    }
    return undefined;
  }
}

/** Texts that share a band and are compared; more of them are of one template. */
const MAX_BUCKET = 50;

function bandKeys({ text }: LintRecord): number[] {
  const words = wordsOf(text);
  if (words.length < SHORTEST) return [];
  const least = new Uint32Array(BANDS * ROWS).fill(0xffffffff);
  for (const word of new Set(words)) {
    const hash = hashText(word);
    for (let i = 0; i < least.length; i++) {
      let mixed = Math.imul(hash ^ Math.imul(i + 1, 0x9e3779b1), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> 0;
      if (mixed < least[i]!) least[i] = mixed;
    }
  }
  return Array.from({ length: BANDS }, (_, band) => hashText(least.subarray(band * ROWS, (band + 1) * ROWS).join(" ")));
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared += 1;
  return shared / (a.size + b.size - shared);
}
