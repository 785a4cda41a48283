// Opens the model beside the page and shows what it says of the text in the address.
import { openModel } from "@cellstate/tasks";
import { createSession } from "@cellstate/tensor";

async function load(name: string): Promise<Uint8Array> {
  const response = await fetch(`./model/${name}`);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const names: string[] = JSON.parse(new TextDecoder().decode(await load("list.json")));
const files = new Map(await Promise.all(names.map(async (name) => [name, await load(name)] as const)));
const session = await createSession();
const model = await openModel(files, session);
const text = new URL(location.href).searchParams.get("text") ?? "";
for await (const answer of model.predict([text]))
  document.querySelector("output")!.textContent = JSON.stringify(answer);
