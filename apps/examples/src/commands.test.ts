import { expect, test } from "vitest";
import { commandFault, commandsOf } from "./commands.ts";
import { parsePage } from "./page.ts";

const fence = "```";
const help: Record<string, string> = {
  "": "Options:\n  -V, --version\n\nCommands:\n  train [options]\n  data              list\n",
  train: "Options:\n  --config <file|name>  config file\n",
  data: "Usage: cellstate data\n\nCommands:\n  list  list the datasets\n  show <name>\n",
  "data show": "Options:\n  -h, --help\n",
};

function faultOf(text: string, page = "README.md") {
  const [command] = commandsOf(parsePage(`\`${text}\``));
  return commandFault(command!, page, async (path) => help[path.join(" ")] ?? "");
}

test("commands are found in blocks and in text, with the options that follow in the same line", () => {
  const page = [
    "`pnpm train` takes `--seed 3`, and",
    "`--quiet`",
    fence,
    "npx -y pnpm test # all",
    "npx cellstate runs",
    "npm install",
    fence,
  ];
  expect(commandsOf(parsePage(page.join("\n")))).toEqual([
    { words: ["pnpm", "test"], line: 4 },
    { words: ["cellstate", "runs"], line: 5 },
    { words: ["pnpm", "train", "--seed", "3"], line: 1 },
  ]);
});

test("only lines behind a prompt are commands where there are prompts", () => {
  const page = [fence, "$ node_modules/.bin/cellstate runs && cd ..", "pnpm says", fence].join("\n");
  expect(commandsOf(parsePage(page))).toEqual([{ words: ["cellstate", "runs"], line: 2 }]);
});

test("scripts, commands and options that exist have no fault", async () => {
  expect(await faultOf("pnpm train --config a.yaml")).toBeUndefined();
  expect(await faultOf("cellstate data show reviews")).toBeUndefined();
  expect(await faultOf("cellstate --version")).toBeUndefined();
  expect(await faultOf("pnpm cellstate data show reviews")).toBeUndefined();
  expect(await faultOf("pnpm bench --suites tokenizers")).toBeUndefined();
  expect(await faultOf("pnpm check:neon", "packages/tensor/README.md")).toBeUndefined();
});

test("a script, a command or an option that does not exist is named", async () => {
  expect(await faultOf("pnpm trian")).toBe("there is no script trian in the root");
  expect(await faultOf("pnpm trian", "apps/trainer/README.md")).toBe(
    "there is no script trian in apps/trainer or the root",
  );
  expect(await faultOf("cellstate data drop")).toBe("cellstate data has no command drop, only list, show");
  expect(await faultOf("pnpm cellstate train --conf a.yaml")).toBe("cellstate train has no option --conf");
  expect(await faultOf("pnpm train --conf a.yaml")).toBe("cellstate train has no option --conf");
  expect(await faultOf("pnpm bench --suite x")).toBe("apps/bench/src/main.ts has no option --suite");
});
