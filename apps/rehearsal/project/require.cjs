// Opens a saved model by `require` and prints what it says of one text.
const { readdirSync, readFileSync } = require("node:fs");
const { openModel } = require("@cellstate/tasks");
const { createSession } = require("@cellstate/tensor");

async function main() {
  const [folder, text] = process.argv.slice(2);
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const files = new Map(names.map(({ name }) => [name, readFileSync(`${folder}/${name}`)]));
  const session = await createSession();
  const model = await openModel(files, session);
  for await (const answer of model.predict([text])) console.log(JSON.stringify(answer));
  await session.dispose();
}
main();
