/** What `cellstate init` asks on a terminal: where the data are, what to train, which columns to read, and what to call the config. */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Columns } from "@cellstate/data";
import { type DataFacts, type Starter, starters } from "@cellstate/tasks/starters";
import { fromCaller } from "../../paths.ts";
import { formatWhole } from "../../terminal/format.ts";
import type { Choosable, Questions } from "../../terminal/questions.ts";
import { type Choice, columnText, type Given, guessesOf } from "./choose-task.ts";
import { isNoData } from "./find-data-files.ts";

/** Characters of the values that are shown of a column. */
const SHOWN_CHARACTERS = 50;

/** Where the data are, completed by what lies in folders. */
export function askData(questions: Questions): Promise<string> {
  return questions.complete("Which data? A file, or a folder with train, dev and test", pathsLike);
}

/** Files that may hold data, and folders, whose paths begin like this; folders end with a slash and come first. */
function pathsLike(typed: string): readonly string[] {
  const isInside = typed === "" || /[/\\]$/.test(typed);
  const folder = isInside ? typed : dirname(typed);
  const start = isInside ? "" : basename(typed);
  try {
    const entries = readdirSync(fromCaller(folder), { withFileTypes: true })
      .filter(({ name }) => name.startsWith(start) && !isNoData(name) && name !== "node_modules")
      .sort((a, b) => Number(b.isDirectory()) - Number(a.isDirectory()) || (a.name < b.name ? -1 : 1));
    const inside = typed.startsWith("./") || (folder !== "." && folder !== "");
    const paths = entries.map((entry) => {
      const path = inside ? join(folder, entry.name) : entry.name;
      return entry.isDirectory() ? `${path}/` : path;
    });
    // A folder that was typed whole is an answer, too.
    return isInside && typed !== "" ? [typed, ...paths] : paths;
  } catch {
    return [];
  }
}

/** What to train and which columns to read, each with the guess as the answer that Enter takes. */
export async function askChoice(questions: Questions, data: DataFacts, given: Given): Promise<Choice> {
  const starter = await askTask(questions, data, given);
  const guess = starter.guess(data, given.columns);
  if (guess.columns === undefined) {
    questions.refuse(guess.reason);
    return await askColumns(questions, data, starter, given.columns);
  }
  questions.tell(guess.reasons);
  const isGiven = starter.roles.every((role) => given.columns[role] !== undefined);
  if (isGiven || (await questions.confirm(`${readingOf(starter, guess.columns)} Right?`))) {
    return { starter, ...guess, certainty: "sure" };
  }
  return await askColumns(questions, data, starter, given.columns);
}

async function askTask(questions: Questions, data: DataFacts, given: Given): Promise<Starter> {
  const { able, best } = guessesOf(data, given);
  if (able.length === 1) return able[0]!.starter;
  const options = able.map(({ starter, guess }) => ({
    value: starter.task,
    hint: guess.columns === undefined ? guess.reason : guess.certainty,
  }));
  const task = await questions.choose("What shall it learn?", options, best?.starter.task);
  return starters.find((starter) => starter.task === task)!;
}

/** A column for each role that was not given, until the task can be trained on them. */
async function askColumns(questions: Questions, data: DataFacts, starter: Starter, given: Columns): Promise<Choice> {
  for (;;) {
    const columns: Record<string, Columns[string]> = { ...given };
    for (const role of starter.roles.filter((one) => given[one] === undefined)) {
      const guessed = starter.guess(data, columns).columns?.[role];
      const taken = Object.values(columns).flat();
      const options = data.columns.filter(({ name }) => !taken.includes(name)).map(choosable);
      const initial = [guessed ?? []].flat()[0];
      columns[role] = await questions.choose(`Which column is the ${role}?`, options, initial);
    }
    const guess = starter.guess(data, columns);
    if (guess.columns !== undefined) return { starter, ...guess, certainty: "sure" };
    questions.refuse(guess.reason);
  }
}

function choosable({ name, distinct, values, meanLength }: DataFacts["columns"][number]): Choosable {
  const words = `${meanLength.toFixed(1)} words each`;
  if (values === undefined) return { value: name, hint: `${formatWhole(distinct)} different values or more, ${words}` };
  const listed = [...values.keys()].join(", ");
  const shown = listed.length > SHOWN_CHARACTERS ? `${listed.slice(0, SHOWN_CHARACTERS)}...` : listed;
  return { value: name, hint: `${formatWhole(distinct)} different values, ${words}: ${shown}` };
}

/** "It reads the text from `review`, the label from `stars`." */
function readingOf({ roles, optionalRoles = [] }: Starter, columns: Columns): string {
  const read = [...roles, ...optionalRoles.filter((role) => columns[role] !== undefined)];
  const parts = read.map((role) => `the ${role} from ${columnText(columns[role] ?? [])}`);
  return `It reads ${parts.join(" and ")}.`;
}
