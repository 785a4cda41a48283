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


def redrawn(module):
    for parameter in module.parameters():
        parameter.data = drawn(*parameter.shape)
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
}
(here / "layers.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf-8")
