/**
 * `pnpm bench`: training steps of five shapes, side by side with PyTorch. Runs alternate, each in a process of its own; the table,
 * which is also written to docs/bench.md, shows medians over the rounds and ratios of medians.
 */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { type ShapeName, shapes } from "./shapes.ts";

interface Runner {
  readonly name: string;
  /** Command and environment of one timing, which prints a JSON line with `ms`. */
  command(shape: ShapeName, seconds: number): { readonly args: readonly string[]; readonly env?: NodeJS.ProcessEnv };
}

const stepScript = fileURLToPath(new URL("./step.ts", import.meta.url));
const torchScript = fileURLToPath(new URL("../peers/torch_step.py", import.meta.url));
const page = new URL("../../../docs/bench.md", import.meta.url);
const tcmalloc = "/usr/lib/x86_64-linux-gnu/libtcmalloc_minimal.so.4";

function ownRunner(backend: string, threads: number): Runner {
  return {
    name: `cellstate ${backend}`,
    command: (shape, seconds) => ({
      args: [
        process.execPath,
        "--conditions=@cellstate/source",
        stepScript,
        shape,
        backend,
        `${threads}`,
        `${seconds}`,
      ],
    }),
  };
}

function torchRunner(python: string, threads: number, tuned: boolean): Runner {
  const env = tuned && existsSync(tcmalloc) ? { LD_PRELOAD: tcmalloc } : {};
  return {
    name: tuned ? "PyTorch tuned" : "PyTorch stock",
    command: (shape, seconds) => ({
      args: [python, torchScript, shape, `${threads}`, `${seconds}`, ...(tuned ? ["fused"] : [])],
      env,
    }),
  };
}

/** Milliseconds of one timing; undefined where the runner does not run here. */
function run(runner: Runner, shape: ShapeName, seconds: number): number | undefined {
  const { args, env } = runner.command(shape, seconds);
  const { status, stdout } = spawnSync(args[0]!, args.slice(1), { encoding: "utf8", env: { ...process.env, ...env } });
  return status === 0 ? (JSON.parse(stdout) as { ms: number }).ms : undefined;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

const program = new Command("bench")
  .description("times training steps side by side with PyTorch")
  .option("--shapes <letters>", "which shapes", "abcde")
  .option("--threads <n>", "threads of every library", "2")
  .option("--rounds <n>", "alternating rounds", "3")
  .option("--seconds <n>", "seconds of each timing", "3")
  .option("--backends <names>", "our backends, with commas", "native,wasm")
  .option("--python <path>", "a Python that has PyTorch", "python3")
  .parse();
const options = program.opts<Record<"shapes" | "threads" | "rounds" | "seconds" | "backends" | "python", string>>();
const threads = Number(options.threads);
const runners = [
  ...options.backends.split(",").map((backend) => ownRunner(backend, threads)),
  torchRunner(options.python, threads, false),
  torchRunner(options.python, threads, true),
];

const lines: string[] = [];
function print(line: string): void {
  lines.push(line);
  console.log(line);
}

print(
  `${cpus().length} cores, ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, ${threads} threads; ms a step`,
);
print(`\n| shape | ${runners.map(({ name }) => name).join(" | ")} |\n| --- |${" ---: |".repeat(runners.length)}`);
for (const letter of options.shapes) {
  if (!(letter in shapes)) program.error(`bench: expected shapes among ${Object.keys(shapes).join("")}, got ${letter}`);
  const shape = letter as ShapeName;
  const times = runners.map((): number[] => []);
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [index, runner] of runners.entries()) {
      const ms = run(runner, shape, Number(options.seconds));
      if (ms !== undefined) times[index]!.push(ms);
    }
  }
  const [own, ...others] = times.map((values) => (values.length > 0 ? median(values) : undefined));
  const cells = others.map((ms) =>
    ms === undefined ? "-" : own === undefined ? ms.toFixed(2) : `${ms.toFixed(2)} (${(ms / own).toFixed(2)}x)`,
  );
  print(`| ${shape} | ${own?.toFixed(2) ?? "-"} | ${cells.join(" | ")} |`);
}

const given = process.argv.slice(2).filter((argument) => !argument.includes("/") && argument !== "--python");
writeFileSync(
  page,
  `# Training steps side by side

Forward, backward, clipping by global norm, Adam; the shapes are in \`apps/bench/src/shapes.ts\`. In brackets: how many times as long
as the first column. ${new Date().toISOString().slice(0, 10)}, \`pnpm bench ${given.join(" ")}\`

${lines.join("\n")}
`,
);
