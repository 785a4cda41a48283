/** What `cellstate lint` finds in data, by planting each fault in a set that has none. */
import { DrawStream } from "@cellstate/data";
import { expect, test } from "vitest";
import { suspectLabels } from "../src/data-lint/label-noise.ts";
import { file, temporaryFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const subjects = ["film", "phone", "soup", "hotel", "book", "train", "shop", "song", "house", "road", "game", "shirt"];
const places = ["here", "there", "at home", "in town", "by the sea", "on the hill", "abroad", "nearby"];
const goods = ["good", "great", "lovely", "fine"];
const bads = ["bad", "awful", "boring", "poor"];

/** Texts of five to nine words, all different, of two labels in turn. */
const clean = subjects.flatMap((subject, s) =>
  places.flatMap((place, p) =>
    [goods, bads].map((words, label) => [
      label === 0 ? "pos" : "neg",
      `we found the ${subject} ${place} ${words[(s + p) % 4]!} ${subjects[(s + p + 3) % 12]!} ${places[(s + p + 2) % 8]!}`,
    ]),
  ),
);
const held = clean.filter((_, index) => index % 10 < 2);
const rest = clean.filter((_, index) => index % 10 >= 2);

interface Found {
  readonly check: string;
  readonly severity: string;
  readonly message: string;
  readonly examples: readonly string[];
}

interface Planted {
  readonly train?: readonly (readonly string[])[];
  readonly dev?: readonly (readonly string[])[];
  readonly header?: string;
  readonly config?: string;
}

const tsv = (header: string, rows: readonly (readonly string[])[]) =>
  `${header}\n${rows.map((row) => row.join("\t")).join("\n")}\n`;

function plant({ train = rest, dev = held, header = "label\ttext", config }: Planted): string {
  const folder = temporaryFolder();
  file(folder, "train.tsv", tsv(header, train));
  file(folder, "dev.tsv", tsv(header, dev));
  const model = "model: { embedding: { size: 4 }, encoder: { kind: lstm, hiddenSize: 4 } }";
  const own = config ?? "data: { train: train.tsv, dev: dev.tsv }\ntokenizer: { kind: word }";
  file(folder, "own.yaml", `task: classification\n${own}\n${model}\n`);
  return folder;
}

async function findings(planted: Planted): Promise<{ readonly code: number; readonly found: readonly Found[] }> {
  const { code, stdout } = await inProcess(["lint", "--config", "own.yaml", "--json"], plant(planted));
  return { code, found: JSON.parse(stdout).data.findings };
}

test("nothing stands out in a clean set", async () => {
  const ended = await inProcess(["lint", "--config", "own.yaml"], plant({}));
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(ended.stdout).toMatch(/^own\.yaml is valid: .*\nlooked at train 152, dev 40 examples\nnothing stands out\n$/);
});

/** Every so many rows get the label after theirs. */
function flipSome(rows: readonly (readonly string[])[], labels: readonly string[], every: number) {
  const flips = new Set<number>();
  const records = rows.map(([label = "", text = ""], line) => {
    const isFlipped = line % every === 7;
    if (isFlipped) flips.add(line);
    const given = isFlipped ? labels[(labels.indexOf(label) + 1) % labels.length]! : label;
    return { text, texts: { text }, label: given, file: "train.tsv", line, place: `train.tsv:${line}` };
  });
  const foundIn = (suspects: readonly { readonly record: { readonly line: number } }[]) =>
    suspects.slice(0, flips.size).filter(({ record }) => flips.has(record.line)).length;
  return { records, flips, foundIn };
}

test("half of the flipped labels and more are among the first suspects", () => {
  const { records, flips, foundIn } = flipSome(clean, ["pos", "neg"], 20);
  expect(flips.size).toBe(10);
  expect(foundIn(suspectLabels(records))).toBeGreaterThanOrEqual(flips.size / 2);
});

test("among many labels, suspects are told apart by odds, which find more flips than differences of probabilities", () => {
  const random = new DrawStream(1, "texts");
  const kinds = Array.from({ length: 8 }, (_, kind) => `kind${kind}`);
  // Three words of a row's own kind and four of any, so that other kinds are never far.
  const wordOf = (kind: number) => `w${kind}x${random.below(30)}`;
  const rows = Array.from({ length: 1200 }, (_, row) => {
    const kind = row % 8;
    const words = [0, 1, 2].map(() => wordOf(kind)).concat([0, 1, 2, 3].map(() => wordOf(random.below(8))));
    return [kinds[kind]!, words.join(" ")];
  });
  const { records, flips, foundIn } = flipSome(rows, kinds, 21);
  const suspects = suspectLabels(records);
  const byMargin = [...suspects].sort((a, b) => b.margin - a.margin);
  expect(foundIn(suspects)).toBeGreaterThanOrEqual(flips.size / 2);
  expect(foundIn(suspects)).toBeGreaterThan(foundIn(byMargin));
});

test.each<[string, Planted, Partial<Found>, string]>([
  [
    "the same text with two labels",
    { train: [...rest, ["neg", rest[0]![1]!]] },
    { check: "one text, two labels", severity: "serious" },
    "train.tsv:2 (pos; train.tsv:154 says neg): we found the",
  ],
  [
    "rows that repeat but for capitals",
    { train: [...rest, ...rest.slice(0, 8).map(([label = "", text = ""]) => [label, text.toUpperCase()])] },
    { check: "duplicates within train", severity: "minor" },
    "train.tsv:2 (2 times)",
  ],
  [
    "texts of dev in train, one of them nearly",
    { dev: [...held, rest[4]!, [rest[6]![0]!, `${rest[6]![1]!} really`]] },
    { check: "dev texts in train", severity: "serious" },
    "dev.tsv:42 (as train.tsv:6)",
  ],
  [
    "a label with one example",
    { train: [...rest, ["odd", "a row of its own about nothing at all"]] },
    { check: "labels with few examples", severity: "minor" },
    "train.tsv:154 (odd)",
  ],
  [
    "empty texts",
    { train: [...rest, ["pos", "?!"], ["neg", "..."]] },
    { check: "empty texts in train", severity: "serious" },
    "train.tsv:154: ?!",
  ],
  [
    "Chinese read by a word tokenizer",
    {
      train: rest.map(([label = ""], index) => [
        label,
        `这家酒店第${index}号房间${label === "pos" ? "很好" : "太差"}我们住了三天`,
      ]),
      dev: held.map(([label = ""], index) => [
        label,
        `那个餐厅第${index}号桌子${label === "pos" ? "很好" : "太差"}大家吃了两次`,
      ]),
    },
    { check: "clauses as words in text", severity: "serious" },
    "dev.tsv:2 (100 % unknown)",
  ],
  [
    "dev words that train lacks",
    {
      dev: held.map(([label = "", text = ""], index) => [
        label,
        `${text} xq${index} yq${index} zq${index} wq${index} vq${index}`,
      ]),
    },
    { check: "unknown tokens in text", severity: "serious" },
    "% unknown",
  ],
])("%s", async (_, planted, expected, example) => {
  const { code, found } = await findings(planted);
  expect(code).toBe(0);
  const one = found.find(({ check }) => check === expected.check);
  expect(one).toMatchObject(expected);
  expect(one!.examples.join("\n")).toContain(example);
});

test("one label that dominates, and flipped labels, are said", async () => {
  const unbalanced = rest.map(([, text = ""], index) => [index % 12 === 0 ? "neg" : "pos", text]);
  const { found } = await findings({ train: unbalanced });
  expect(found.map(({ check }) => check)).toContain("one label dominates");
});

test("a label that only dev has ends with 2, first of all, and so in JSON", async () => {
  const dev = [...held, ["new", "a row with another label at the end"]];
  const { code, found } = await findings({ dev });
  expect(code).toBe(2);
  expect(found[0]).toMatchObject({ check: "dev labels that train lacks", severity: "fault" });
  const ended = await inProcess(["lint", "--config", "own.yaml"], plant({ dev }));
  expect(ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('1 rows of dev have labels that train never has ("new" 1)'),
  });
});

test("groups on both sides of a random split, and a time that is not kept, are found by columns that no model reads", async () => {
  const rows = clean.map(([label = "", text = ""], index) => [
    label,
    text,
    `c${index % 9}`,
    `2026-01-${10 + (index % 20)}`,
  ]);
  const header = "label\ttext\tcustomer\tdate";
  const config = "data: { train: train.tsv, devFraction: 0.2 }\ntokenizer: { kind: word }";
  const { found } = await findings({ train: rows, header, config });
  expect(found.find(({ check }) => check === "customer in train and dev")?.message).toContain(
    "by: group, column: customer",
  );
  expect(found.find(({ check }) => check === "date is not kept in order")?.message).toContain("by: time, column: date");
  const grouped = config.replace("devFraction", "split: { by: group, column: customer }, devFraction");
  const { found: after } = await findings({ train: rows, header, config: grouped });
  expect(after.map(({ check }) => check)).not.toContain("customer in train and dev");
});

test("data that cannot be read are one error, and --no-data does not read them", async () => {
  const folder = plant({ config: "data: { train: gone.tsv }\ntokenizer: { kind: word }" });
  const ended = await inProcess(["lint", "--config", "own.yaml"], folder);
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("gone.tsv") });
  expect(await inProcess(["lint", "--config", "own.yaml", "--no-data"], folder)).toMatchObject({ code: 0, stderr: "" });
});

test("training begins with what is serious in a few lines, unless it is quiet or there is nothing", async () => {
  const dev = [...held.slice(3), ...rest.slice(0, 3)];
  const train = [...rest.slice(4), ...Array.from({ length: 4 }, () => ["pos", "..."])];
  const folder = plant({ train: [...rest.slice(0, 4), ...train], dev });
  const args = ["train", "--config", "own.yaml", "--set", "training.epochs=1"];
  const trained = await inProcess([...args, "--json"], folder);
  expect(trained.code).toBe(0);
  expect(JSON.parse(trained.stdout).steps).toBeGreaterThan(0);
  const warnings = trained.stderr.split("\n").filter((line) => line.startsWith("warning: "));
  expect(warnings).toEqual([
    expect.stringMatching(/^warning: 4 of 156 train texts \(2\.6 %\) have no word/),
    expect.stringMatching(/^warning: 3 of 40 dev texts \(7\.5 %\) are in train too, 3 to the letter/),
    "warning: cellstate lint --config own.yaml --set training.epochs=1 shows where, and all else that stands out",
  ]);
  expect((await inProcess([...args, "--quiet"], folder)).stderr).toBe("");
  expect((await inProcess(args, plant({}))).stderr).not.toContain("warning:");
});

test("a text that is the same everywhere is a wrong column", async () => {
  const same = (rows: readonly (readonly string[])[]) => rows.map(([label = ""]) => [label, "shop"]);
  const { found } = await findings({ train: same(rest), dev: same(held) });
  expect(found).toContainEqual(
    expect.objectContaining({
      check: "one text for all",
      severity: "serious",
      message: expect.stringContaining("the text of all 152 training examples is the same"),
    }),
  );
});
