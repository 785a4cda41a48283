"""Writes runtime_nodes.json: recurrent operators with options that the node tests of ONNX leave out, as ONNX Runtime computes them,
and loops as tf2onnx writes recurrent layers of Keras.

    pip install onnx==1.23.1 onnxruntime==1.30.0
    python test/golden/make_runtime_nodes.py
"""
import base64
import json
import pathlib

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

TIME, BATCH, INPUT, HIDDEN = 5, 3, 2, 3
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
rng = np.random.default_rng(7)


def draw(*shape):
    return rng.normal(scale=0.8, size=shape).astype(np.float32)


def tensor(array):
    data = [float(f"{x:.9g}") if array.dtype.kind == "f" else int(x) for x in array.reshape(-1)]
    return {"shape": list(array.shape), "type": str(array.dtype), "data": data}


def case(name, graph, feeds, opset=17):
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    data = model.SerializeToString()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    outputs = session.run(None, feeds)
    return {
        "name": name,
        "model": base64.b64encode(data).decode(),
        "inputs": {key: tensor(value) for key, value in feeds.items()},
        "outputs": {info.name: tensor(value) for info, value in zip(session.get_outputs(), outputs)},
    }


def info(name, kind=TensorProto.FLOAT, shape=None):
    return helper.make_tensor_value_info(name, kind, shape)


def node_case(name, op, directions=1, lengths=None, initial=False, peepholes=False, bias=True, **attributes):
    rows = GATES[op] * HIDDEN
    values = {"X": draw(TIME, BATCH, INPUT)}
    weights = {"W": draw(directions, rows, INPUT), "R": draw(directions, rows, HIDDEN)}
    inputs = ["X", "W", "R", "", "", "", "", ""]
    if bias:
        weights["B"] = draw(directions, 2 * rows)
        inputs[3] = "B"
    if lengths is not None:
        values["lengths"] = np.array(lengths, np.int32)
        inputs[4] = "lengths"
    if initial:
        values["h0"] = draw(directions, BATCH, HIDDEN)
        inputs[5] = "h0"
        if op == "LSTM":
            values["c0"] = draw(directions, BATCH, HIDDEN)
            inputs[6] = "c0"
    if peepholes:
        weights["P"] = draw(directions, 3 * HIDDEN)
        inputs[7] = "P"
    if op != "LSTM":
        inputs = inputs[:6]
    outputs = ["Y", "Y_h", "Y_c"] if op == "LSTM" else ["Y", "Y_h"]
    node = helper.make_node(op, inputs, outputs, hidden_size=HIDDEN, **attributes)
    graph = helper.make_graph(
        [node],
        "node",
        [info(key, TensorProto.INT32 if key == "lengths" else TensorProto.FLOAT, list(value.shape)) for key, value in values.items()],
        [info(output) for output in outputs],
        [numpy_helper.from_array(value, key) for key, value in weights.items()],
    )
    return case(f"{op} {name}", graph, values)


both = {"directions": 2, "direction": "bidirectional"}
ragged = {"lengths": [5, 2, 4]}
cases = [
    node_case("clipped", "LSTM", clip=0.4, initial=True),
    node_case("with coupled gates", "LSTM", input_forget=1, **ragged),
    node_case("with peepholes, ragged, both directions, initial states", "LSTM", peepholes=True, initial=True, **ragged, **both),
    node_case("without bias, reverse, ragged", "LSTM", bias=False, direction="reverse", **ragged),
    node_case("with other activations in each direction", "LSTM", **both, **ragged, initial=True,
              activations=["HardSigmoid", "Softsign", "Relu", "Sigmoid", "Tanh", "Affine"],
              activation_alpha=[0.25, 0.5], activation_beta=[0.4, 0.1]),
    node_case("with the reset before", "GRU", linear_before_reset=0, **both, **ragged, initial=True),
    node_case("with the reset after, ragged", "GRU", linear_before_reset=1, **both, **ragged, initial=True),
    node_case("clipped", "GRU", clip=0.3, linear_before_reset=1),
    node_case("with other activations", "GRU", activations=["HardSigmoid", "LeakyRelu"], activation_alpha=[0.2, 0.05], activation_beta=[0.5]),
    node_case("ragged, reverse", "RNN", direction="reverse", **ragged, initial=True),
    node_case("clipped", "RNN", clip=0.2),
]
for activation in ("Relu", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu", "Softsign", "Softplus", "Affine"):
    options = {"activation_alpha": [0.3], "activation_beta": [0.6]} if activation in ("ScaledTanh", "HardSigmoid", "Affine") else {}
    if activation == "ThresholdedRelu":  # whose default is 1 in the standard, and another number in ONNX Runtime
        options = {"activation_alpha": [0.2]}
    cases.append(node_case(f"with {activation}", "RNN", activations=[activation], **options))


def loop_of_keras(masked):
    """A GRU of Keras (reset before the product) as a Loop over time, with TensorArrays as lists, and a mask where it is asked for."""
    kernel, recurrent, bias = draw(INPUT, 3 * HIDDEN), draw(HIDDEN, 3 * HIDDEN), draw(3 * HIDDEN)
    constants = {
        "kernel": kernel,
        "recurrent_gates": recurrent[:, : 2 * HIDDEN].copy(),
        "recurrent_candidate": recurrent[:, 2 * HIDDEN :].copy(),
        "bias": bias,
        "one": np.array(1, np.float32),
        "one_int": np.array([1], np.int64),
        "zero_int": np.array([0], np.int64),
        "zero": np.array(0, np.float32),
        "true": np.array(True),
        "units": np.array([HIDDEN], np.int64),
        "split": np.array([HIDDEN, HIDDEN, HIDDEN], np.int64),
        "split_two": np.array([HIDDEN, HIDDEN], np.int64),
    }
    make = helper.make_node
    body = [
        make("Gather", ["time_major", "i"], ["x_t"], axis=0),
        make("MatMul", ["x_t", "kernel"], ["x_product"]),
        make("Add", ["x_product", "bias"], ["x_gates"]),
        make("Split", ["x_gates", "split"], ["x_z", "x_r", "x_h"], axis=-1),
        make("MatMul", ["h_in", "recurrent_gates"], ["h_gates"]),
        make("Split", ["h_gates", "split_two"], ["h_z", "h_r"], axis=-1),
        make("Add", ["x_z", "h_z"], ["z_sum"]),
        make("Sigmoid", ["z_sum"], ["z"]),
        make("Add", ["x_r", "h_r"], ["r_sum"]),
        make("Sigmoid", ["r_sum"], ["r"]),
        make("Mul", ["r", "h_in"], ["reset"]),
        make("MatMul", ["reset", "recurrent_candidate"], ["h_product"]),
        make("Add", ["x_h", "h_product"], ["hh_sum"]),
        make("Tanh", ["hh_sum"], ["hh"]),
        make("Mul", ["z", "h_in"], ["kept"]),
        make("Sub", ["one", "z"], ["rest"]),
        make("Mul", ["rest", "hh"], ["new"]),
        make("Add", ["kept", "new"], ["h_new"]),
        make("Identity", ["cond_in"], ["cond_out"]),
    ]
    if masked:
        body += [
            make("Gather", ["mask_time_major", "i"], ["m_t"], axis=0),
            make("Unsqueeze", ["m_t", "one_int"], ["m_column"]),
            make("Where", ["m_column", "h_new", "h_in"], ["h_out"]),
        ]
    else:
        body.append(make("Identity", ["h_new"], ["h_out"]))
    body.append(make("Identity", ["h_out"], ["step"]))
    body_graph = helper.make_graph(
        body,
        "while_body",
        [info("i", TensorProto.INT64, []), info("cond_in", TensorProto.BOOL, []), info("h_in", shape=[None, HIDDEN])],
        [info("cond_out", TensorProto.BOOL, []), info("h_out", shape=[None, HIDDEN]), info("step", shape=[None, HIDDEN])],
    )
    nodes = [
        make("Transpose", ["x"], ["time_major"], perm=[1, 0, 2]),
        make("Shape", ["time_major"], ["shape"]),
        make("Gather", ["shape", "zero_int"], ["trips_list"], axis=0),
        make("Squeeze", ["trips_list", "zero_int"], ["trips"]),
        make("Gather", ["shape", "one_int"], ["batch"], axis=0),
        make("Concat", ["batch", "units"], ["state_shape"], axis=0),
        make("ConstantOfShape", ["state_shape"], ["start"], value=numpy_helper.from_array(np.zeros(1, np.float32))),
        make("Loop", ["trips", "true", "start"], ["last", "steps"], body=body_graph),
        make("Transpose", ["steps"], ["sequence"], perm=[1, 0, 2]),
    ]
    feeds = {"x": draw(BATCH, TIME, INPUT)}
    inputs = [info("x", shape=["batch", "time", INPUT])]
    if masked:
        nodes = [
            make("Cast", ["ids"], ["ids_float"], to=TensorProto.FLOAT),
            make("Equal", ["ids_float", "zero"], ["is_padding"]),
            make("Not", ["is_padding"], ["mask"]),
            make("Transpose", ["mask"], ["mask_time_major"], perm=[1, 0]),
        ] + nodes
        feeds["ids"] = np.array([[3, 1, 2, 0, 0], [1, 0, 0, 0, 0], [2, 2, 4, 1, 5]], np.int32)
        inputs.append(info("ids", TensorProto.INT32, ["batch", "time"]))
    graph = helper.make_graph(
        nodes,
        "keras_gru",
        inputs,
        [info("last", shape=["batch", HIDDEN]), info("sequence", shape=["batch", "time", HIDDEN])],
        [numpy_helper.from_array(value, key) for key, value in constants.items()],
    )
    return case("GRU of Keras as a Loop" + (" with a mask" if masked else ""), graph, feeds)


cases += [loop_of_keras(False), loop_of_keras(True)]
text = "[\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in cases) + "\n]\n"
(pathlib.Path(__file__).parent / "runtime_nodes.json").write_text(text)
print(len(cases), "cases,", len(text) // 1024, "kB")
