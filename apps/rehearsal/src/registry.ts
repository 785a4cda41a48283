/** A registry on loopback: it holds what is published to it, and fetches other packages from the registry that npm uses here. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "./command.ts";

/** A registry that runs. */
export interface Registry {
  /** Ends with a slash. */
  readonly url: string;
  /** Lines of an `.npmrc` that uses it; it lets anybody publish, but npm wants a token. */
  readonly npmrc: string;
  stop(): void;
}

/**
 * Starts a registry that knows none of our packages yet.
 *
 * @param program  verdaccio
 * @param folder   where it keeps its packages
 */
export async function startRegistry(program: string, folder: string): Promise<Registry> {
  const upstream = (await run("npm", ["config", "get", "registry"], { folder, env: process.env })).trim();
  const config = join(folder, "verdaccio.yaml");
  const ours = "{ access: $all, publish: $all, unpublish: $all }";
  writeFileSync(
    config,
    [
      `storage: ${JSON.stringify(join(folder, "storage"))}`,
      `uplinks: { upstream: { url: ${JSON.stringify(upstream)}, maxage: 60m } }`,
      "web: { enable: false }",
      "packages:",
      `  "@cellstate/*": ${ours}`,
      `  cellstate: ${ours}`,
      '  "**": { access: $all, proxy: upstream }',
      "log: { type: stdout, format: pretty, level: error }",
      "max_body_size: 100mb",
    ].join("\n"),
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const child = spawn(process.execPath, [program, "--config", config, "--listen", `127.0.0.1:${port}`], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += String(text)));
  const stop = (): void => void child.kill();
  process.on("exit", stop);
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) break;
    if (await answers(url)) return { url, npmrc: `registry=${url}\n${url.slice(5)}:_authToken=rehearsal\n`, stop };
    await sleep(100);
  }
  stop();
  throw new Error(`the registry did not start: ${said.slice(-2000)}`);
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}-/ping`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
