/**
 * Models that TensorFlow.js itself saves, with what they predict, to tfjs.json.gz.
 *
 *     npm install @tensorflow/tfjs@4.22.0 && node make_tfjs.mjs
 */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

const require = createRequire(`${process.cwd()}/package.json`);
const tf = require("@tensorflow/tfjs");
await tf.setBackend("cpu");
await tf.ready();

let state = 1;
const draw = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647 - 0.5;
};

const { layers } = tf;

function sequential() {
  return tf.sequential({
    layers: [
      layers.embedding({ inputDim: 6, outputDim: 3, maskZero: true, inputLength: 5 }),
      layers.bidirectional({ layer: layers.lstm({ units: 2, returnSequences: true }), mergeMode: "concat" }),
      layers.timeDistributed({ layer: layers.dense({ units: 3, activation: "relu" }) }),
      layers.gru({ units: 2 }),
      layers.batchNormalization(),
      layers.dense({ units: 2, activation: "softmax" }),
    ],
  });
}

function functional() {
  const input = tf.input({ shape: [6, 2] });
  const convolved = layers.conv1d({ filters: 3, kernelSize: 3, activation: "relu", padding: "same" }).apply(input);
  const pooled = layers.maxPooling1d({ poolSize: 2 }).apply(convolved);
  const states = layers.lstm({ units: 2, recurrentActivation: "sigmoid" }).apply(pooled);
  const others = layers.simpleRNN({ units: 2 }).apply(input);
  const joined = layers.concatenate().apply([states, others]);
  return tf.model({ inputs: input, outputs: layers.dense({ units: 1 }).apply(joined) });
}

function stepsOfModel() {
  const each = tf.sequential({
    layers: [
      layers.conv1d({ filters: 3, kernelSize: 2, inputShape: [4, 2], activation: "relu" }),
      layers.batchNormalization(),
      layers.flatten(),
      layers.dense({ units: 2 }),
    ],
  });
  return tf.sequential({ layers: [layers.timeDistributed({ layer: each, inputShape: [3, 4, 2] }), layers.lstm({ units: 2 })] });
}

async function golden(name, model, shape, ofIds) {
  for (const weight of model.weights) {
    const values = Array.from({ length: weight.shape.reduce((a, b) => a * b, 1) }, draw);
    weight.write(tf.tensor(weight.name.includes("variance") ? values.map((value) => value + 1) : values, weight.shape));
  }
  const data = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (ofIds ? Math.floor((draw() + 0.5) * 6) : draw()));
  const output = model.predict(tf.tensor(data, shape));
  let saved;
  await model.save(tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
  }));
  const { modelTopology, weightSpecs, weightData, format, generatedBy } = saved;
  const document = { modelTopology, format, generatedBy, weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs }] };
  return {
    name,
    document,
    weights: Buffer.from(weightData).toString("base64"),
    inputs: [{ shape, data }],
    outputs: [{ shape: output.shape, data: [...output.dataSync()] }],
  };
}

const all = [
  await golden("sequential", sequential(), [3, 5], true),
  await golden("functional", functional(), [2, 6, 2], false),
  await golden("steps of a model", stepsOfModel(), [2, 3, 4, 2], false),
];
const path = new URL("tfjs.json.gz", import.meta.url);
writeFileSync(path, gzipSync(JSON.stringify(all)));
console.log(path.pathname);
