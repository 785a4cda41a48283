/**
 * A page that opens a model in the browser and answers what is typed; no text leaves it.
 * Copy `<run>/model` to `public/model` beside this file, then `npx vite` here.
 */
import { openModel } from "@cellstate/tasks";
import { createSession } from "@cellstate/tensor";

async function load(name: string): Promise<Uint8Array> {
  const response = await fetch(`model/${name}`);
  if (!response.ok) throw new Error(`model/${name}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

// The manifest lists the other files, with their sizes and hashes.
const manifest = await load("manifest.json");
const names = Object.keys(JSON.parse(new TextDecoder().decode(manifest)).files);
const files = new Map(await Promise.all(names.map(async (name) => [name, await load(name)] as const)));
files.set("manifest.json", manifest);

const session = await createSession(); // WebAssembly, with the bits of the command line
const model = await openModel(files, session);
const input = document.querySelector("input")!;
const output = document.querySelector("output")!;
async function answer(): Promise<void> {
  for await (const { prediction } of model.predict([input.value])) output.textContent = `${prediction}`;
}
input.addEventListener("input", answer);
await answer();
