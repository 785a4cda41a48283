// The same as CommonJS.
import fs = require("node:fs");
import tasks = require("@cellstate/tasks");
import tensor = require("@cellstate/tensor");

async function main(): Promise<void> {
  const files = new Map(fs.readdirSync("model").map((name) => [name, fs.readFileSync(`model/${name}`)] as const));
  const session = await tensor.createSession({ backend: "auto" });
  const model = await tasks.openModel(files, session);
  for await (const { prediction } of model.predict(["good"])) console.log(prediction);
}
void main();
