// Opens a saved model by `import` and prints what it says of one text.
import { readdirSync, readFileSync } from "node:fs";
import { openModel } from "@cellstate/tasks";
import { createSession } from "@cellstate/tensor";

const [folder, text] = process.argv.slice(2);
const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
const files = new Map(names.map(({ name }) => [name, readFileSync(`${folder}/${name}`)]));
const session = await createSession();
const model = await openModel(files, session);
for await (const answer of model.predict([text])) console.log(JSON.stringify(answer));
await session.dispose();
