/** From a new process to its first result. */
import { fileURLToPath } from "node:url";
import type { Measurement } from "../request.ts";
import { medians, runJson } from "../runner.ts";
import type { Suite } from "../suite.ts";
import { formatNumber, none } from "../table.ts";

const script = fileURLToPath(new URL("../startup.ts", import.meta.url));
const parts = ["ms", "import", "session", "product"] as const;

export const startup: Suite = {
  name: "startup",
  peers: "engines",
  title: "Start-up",
  about:
    'Milliseconds of a new process, without Node\'s own start: `import "@cellstate/tensor"`, a session, a first small product. As ' +
    "installed, from JavaScript; in the workspace, where Node strips types first.",
  run: ({ found, rounds, limit }) => {
    const notes: string[] = [];
    const variants = ["as installed", "in the workspace"].flatMap((place) =>
      found.own.backends.map(({ name }) => {
        const conditions = place === "as installed" ? [] : ["--conditions=@cellstate/source"];
        const backend = name.split(" ").at(-1)!;
        return { name: `${name}, ${place}`, command: [process.execPath, ...conditions, script, backend] };
      }),
    );
    const results = variants.map((): Measurement[] => []);
    for (let round = 0; round < 2 * rounds + 1; round++) {
      variants.forEach(({ name, command }, index) => {
        const result = runJson<Measurement>({ command }, [], limit);
        if (typeof result !== "string") results[index]!.push(result);
        else if (round === 0) notes.push(`${name}: ${result}.`);
      });
    }
    const rows = variants.map(({ name }, index) => {
      const measured = medians(results[index]!);
      return [name, ...parts.map((part) => (part in measured ? formatNumber(measured[part]!) : none))];
    });
    return [{ header: ["", "total", "import", "session", "first product"], rows, notes }];
  },
};
