"""Makes layers.json beside this file: convolution, pooling, attention and batch normalization, forward and backward.

Made with PyTorch 2.13.0 (CPU) and Keras 3.15.1 on PyTorch, seed 21, float64.
Run: KERAS_BACKEND=torch python make_layers_golden.py
"""
import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras  # noqa: E402
import torch  # noqa: E402

torch.manual_seed(21)
torch.set_default_dtype(torch.float64)
keras.config.set_floatx("float64")
here = pathlib.Path(__file__).parent


def plain(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{float(x):.12g}") for x in tensor.detach().reshape(-1)]}


def drawn(*shape):
    """Rounded so that the numbers in the file are exactly those that were computed with."""
    return torch.round(torch.randn(*shape), decimals=3)


def case(name, options, parameters, inputs, outputs):
    """`inputs` and `parameters` are leaves; the loss is the sum of all outputs times fixed random numbers."""
    factors = {n: drawn(*t.shape) for n, t in outputs.items()}
    leaves = {**inputs, **parameters}
    for leaf in leaves.values():
        leaf.grad = None
    sum((outputs[n] * factors[n]).sum() for n in outputs).backward()
    plains = lambda tensors: {n: plain(t) for n, t in tensors.items()}
    return {
        "name": name, "options": options, "parameters": plains(parameters), "inputs": plains(inputs),
        "outputs": plains(outputs), "factors": plains(factors),
        "gradients": plains({n: leaf.grad for n, leaf in leaves.items()}),
    }


def redrawn(module, scale=1):
    for parameter in module.parameters():
        parameter.data = drawn(*parameter.shape) * scale
    return dict(module.named_parameters())


def conv1d(name, *sizes, **more):
    options = {"inputSize": sizes[0], "outputSize": sizes[1], "kernelSize": sizes[2], **more}
    layer = torch.nn.Conv1d(*sizes, **more)
    parameters = redrawn(layer)
    x = drawn(2, 7, sizes[0]).requires_grad_()
    return case(name, options, parameters, {"x": x}, {"output": layer(x.transpose(1, 2)).transpose(1, 2)})


def keras_conv1d(name, inputs, filters, kernel, **more):
    options = {"inputSize": inputs, "outputSize": filters, "kernelSize": kernel, "stride": more.get("strides", 1), "padding": more["padding"]}
    layer = keras.layers.Conv1D(filters, kernel, **more)
    x = drawn(2, 7, inputs).requires_grad_()
    weight, bias = drawn(filters, inputs, kernel), drawn(filters)
    layer.build((2, 7, inputs))
    weight.requires_grad_(), bias.requires_grad_()
    with keras.StatelessScope(state_mapping=[(layer.kernel, weight.permute(2, 1, 0)), (layer.bias, bias)]):
        output = layer(x)
    return case(name, options, {"weight": weight, "bias": bias}, {"x": x}, {"output": output})


def keras_pool(name, layer, options):
    x = drawn(2, 7, 3).requires_grad_()
    return case(name, options, {}, {"x": x}, {"output": layer(x)})


def attention(name, size, heads, queries, keys=None, lengths=None, key_lengths=None, causal=False, **more):
    """Queries behind a row's length count for nothing, and the layer gives zeros there."""
    names = {"kdim": "keySize", "vdim": "valueSize", "bias": "bias"}
    options = {"size": size, "heads": heads, **{names[n]: value for n, value in more.items()}}
    layer = torch.nn.MultiheadAttention(size, heads, batch_first=True, **more)
    parameters = redrawn(layer, 0.5)
    inputs = {"queries": drawn(2, queries, size).requires_grad_()}
    if keys is not None:
        inputs["keys"] = drawn(2, keys, more.get("kdim", size)).requires_grad_()
        inputs["values"] = drawn(2, keys, more.get("vdim", size)).requires_grad_()
    read = (inputs["queries"], inputs.get("keys", inputs["queries"]), inputs.get("values", inputs["queries"]))
    real = lambda lens, time: torch.arange(time)[None, :] < torch.tensor(lens)[:, None]
    times = keys or queries
    of_keys = key_lengths or (lengths if keys is None else None)
    padding = None if of_keys is None else ~real(of_keys, times)
    mask = torch.triu(torch.ones(queries, times, dtype=torch.bool), 1) if causal else None
    output, weights = layer(*read, key_padding_mask=padding, attn_mask=mask, average_attn_weights=False)
    if lengths is not None:
        shown = real(lengths, queries)
        output, weights = output * shown[:, :, None], weights * shown[:, None, :, None]
    call = {"lengths": lengths, "keyLengths": key_lengths, "causal": causal}
    return case(name, {"layer": options, "call": call}, parameters, inputs, {"output": output, "weights": weights})


def batch_norm(name, training, **more):
    layer = torch.nn.BatchNorm1d(3, **more)
    layer.train(training)
    parameters = redrawn(layer)
    layer.running_mean.copy_(drawn(3))
    layer.running_var.copy_(drawn(3) ** 2)
    buffers = {"running_mean": plain(layer.running_mean), "running_var": plain(layer.running_var)}
    names = {"eps": "epsilon", "momentum": "momentum"}
    options = {"size": 3, **{names[n]: value for n, value in more.items()}}
    x = drawn(5, 3).requires_grad_()
    outputs = {"output": layer(x), "running_mean": layer.running_mean, "running_var": layer.running_var}
    return case(name, {"layer": options, "training": training, "buffers": buffers}, parameters, {"x": x}, outputs)


def keras_batch_norm(name, lengths):
    layer = keras.layers.BatchNormalization()
    layer.build((2, 4, 3))
    x = drawn(2, 4, 3).requires_grad_()
    real = torch.arange(4)[None, :] < torch.tensor(lengths)[:, None]
    weight, bias = drawn(3).requires_grad_(), drawn(3).requires_grad_()
    with keras.StatelessScope(state_mapping=[(layer.gamma, weight), (layer.beta, bias)]) as scope:
        output = layer(x, training=True, mask=real) * real[:, :, None]
        running = scope.get_current_value(layer.moving_mean), scope.get_current_value(layer.moving_variance)
    outputs = {"output": output, "running_mean": running[0].detach(), "running_var": running[1].detach()}
    options = {"size": 3, "epsilon": 1e-3, "momentum": 0.01, "unbiased": False}
    return case(name, {"layer": options, "training": True, "lengths": lengths}, {"weight": weight, "bias": bias}, {"x": x}, outputs)


def conv_lstm(name, rank, shape, filters, kernel, go_backwards=False, lengths=None, **more):
    make = keras.layers.ConvLSTM1D if rank == 1 else keras.layers.ConvLSTM2D
    layer = make(filters, kernel, return_sequences=True, return_state=True, go_backwards=go_backwards, **more)
    layer.build(shape)
    channels, kernel = shape[-1], [kernel] * rank if isinstance(kernel, int) else list(kernel)
    parameters = {
        "weight_ih": drawn(4 * filters, channels, *kernel) * 0.5, "weight_hh": drawn(4 * filters, filters, *kernel) * 0.5,
        "bias_ih": drawn(4 * filters) * 0.5,
    }
    for parameter in parameters.values():
        parameter.requires_grad_()
    last_first = lambda weight: weight.permute(*range(2, 2 + rank), 1, 0)
    mapping = [
        (layer.cell.kernel, last_first(parameters["weight_ih"])),
        (layer.cell.recurrent_kernel, last_first(parameters["weight_hh"])),
        (layer.cell.bias, parameters["bias_ih"]),
    ]
    x = drawn(*shape).requires_grad_()
    mask = None if lengths is None else torch.arange(shape[1])[None, :] < torch.tensor(lengths)[:, None]
    with keras.StatelessScope(state_mapping=mapping):
        output, hidden, cell = layer(x, mask=mask)
    outputs = {"hiddenState": hidden, "cellState": cell}
    if lengths is None:  # where there is a mask Keras repeats the last output on padding
        outputs["output"] = output.flip(1) if go_backwards else output
    names = {"strides": "stride", "padding": "padding", "dilation_rate": "dilation", "recurrent_activation": "recurrentActivation",
             "activation": "activation"}
    camel = {"hard_sigmoid": "hardSigmoid"}
    options = {"inputSize": channels, "hiddenSize": filters, "kernelSize": kernel,
               **{names[n]: camel.get(value, value) if isinstance(value, str) else value for n, value in more.items()}}
    call = {"rank": rank, "reverse": go_backwards, "lengths": lengths}
    return case(name, {"layer": options, "call": call}, parameters, {"x": x}, outputs)


golden = {
    "conv1d": [
        conv1d("PyTorch", 3, 4, 3),
        conv1d("PyTorch, stride, dilation and zeros around", 3, 2, 3, stride=2, dilation=2, padding=2),
        conv1d("PyTorch, same with an even kernel, without bias", 2, 3, 4, padding="same", bias=False),
        conv1d("PyTorch, groups", 4, 6, 3, groups=2, padding=1),
        conv1d("PyTorch, each feature by itself", 3, 3, 4, groups=3),
        keras_conv1d("Keras, same with a stride", 3, 2, 4, padding="same", strides=3),
        keras_conv1d("Keras, causal", 3, 2, 3, padding="causal"),
    ],
    "pool1d": [
        keras_pool("max", keras.layers.MaxPooling1D(2), {"kind": "max", "poolSize": 2}),
        keras_pool("max, same", keras.layers.MaxPooling1D(3, 2, "same"), {"kind": "max", "poolSize": 3, "stride": 2, "padding": "same"}),
        keras_pool("average", keras.layers.AveragePooling1D(3, 1), {"kind": "average", "poolSize": 3, "stride": 1}),
        keras_pool("average, same", keras.layers.AveragePooling1D(3, 2, "same"), {"kind": "average", "poolSize": 3, "stride": 2, "padding": "same"}),
    ],
    "attention": [
        attention("to itself", 4, 2, 5),
        attention("to itself, ragged and causal", 6, 3, 4, lengths=[4, 2], causal=True),
        attention("to others of other sizes, without a bias", 4, 1, 3, keys=5, key_lengths=[2, 5], kdim=3, vdim=2, bias=False),
        attention("to others, causal", 4, 2, 3, keys=4, causal=True),
    ],
    "batchNorm": [
        batch_norm("PyTorch, training", True),
        batch_norm("PyTorch, training with other options", True, eps=1e-2, momentum=0.3),
        batch_norm("PyTorch, evaluation", False),
        keras_batch_norm("Keras, training on ragged rows", [4, 2]),
    ],
    "convLstm": [
        conv_lstm("1-D", 1, (2, 3, 4, 2), 2, 3),
        conv_lstm("1-D, same, strides, hard sigmoid and relu", 1, (1, 3, 5, 1), 2, 2, padding="same", strides=2,
                  recurrent_activation="hard_sigmoid", activation="relu"),
        conv_lstm("2-D, same, masked", 2, (2, 3, 2, 3, 1), 2, 2, padding="same", lengths=[3, 1]),
        conv_lstm("2-D, dilated, backwards", 2, (1, 2, 4, 3, 1), 1, (2, 1), dilation_rate=(2, 1), go_backwards=True),
    ],
}
(here / "layers.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf-8")
