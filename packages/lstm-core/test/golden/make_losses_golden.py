"""Makes losses.json beside this file.

Made with PyTorch 2.13.0 in float64 and, for losses that PyTorch lacks, Keras 3.15.1 on PyTorch, which computes in float32 whatever it is
given (CPU, seed 5).
Run: KERAS_BACKEND=torch python make_losses_golden.py
"""
import json
import pathlib

import keras
import torch
import torch.nn.functional as F

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)
here = pathlib.Path(__file__).parent
cases = []


def plain(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{float(x):.12g}") for x in tensor.detach().reshape(-1)]}


def randn(*shape):
    return torch.round(torch.randn(*shape), decimals=4)


def case(name, loss, inputs, targets, options, value):
    """`inputs` by name; `value` is a function of them, in their order."""
    leaves = [x.clone().requires_grad_() for x in inputs.values()]
    result = value(*leaves)
    result.backward()
    cases.append({
        "name": name, "loss": loss, "computedIn": "float32" if "Keras" in name else "float64", "inputs": {n: plain(x) for n, x in inputs.items()},
        "targets": [float(f"{float(t):.12g}") for t in targets.reshape(-1)], "options": options, "value": float(f"{float(result.detach()):.12g}"),
        "gradients": {n: plain(x.grad) for n, x in zip(inputs, leaves)},
    })


def one(name, loss, x, targets, options, value):
    case(name, loss, {"predictions": x}, targets, options, value)


def weighted(losses, weights):
    return (losses * weights).sum() / weights.sum()


x, y = randn(4, 3), randn(4, 3)
weights = torch.tensor([1.0, 0.5, 2.0, 0.0])
wide = weights[:, None].expand(4, 3)
listed = weights.tolist()

# Errors of numbers
one("mean", "squaredError", x, y, {}, lambda p: F.mse_loss(p, y))
one("weights of rows", "squaredError", x, y, {"weights": listed}, lambda p: weighted((p - y) ** 2, wide))
one("sum", "squaredError", x, y, {"reduction": "sum"}, lambda p: F.mse_loss(p, y, reduction="sum"))
one("weighted, divided by the count", "squaredError", x, y, {"weights": listed, "reduction": "mean"},
    lambda p: ((p - y) ** 2 * wide).mean())
one("mean", "absoluteError", x, y, {}, lambda p: F.l1_loss(p, y))
one("delta 1", "huberLoss", x, y, {}, lambda p: F.huber_loss(p, y))
one("delta 0.4, weights of rows", "huberLoss", x, y, {"delta": 0.4, "weights": listed},
    lambda p: weighted(F.huber_loss(p, y, delta=0.4, reduction="none"), wide))
one("beta 1", "smoothL1Loss", x, y, {}, lambda p: F.smooth_l1_loss(p, y))
one("beta 0.3", "smoothL1Loss", x, y, {"beta": 0.3}, lambda p: F.smooth_l1_loss(p, y, beta=0.3))
one("beta 0", "smoothL1Loss", x, y, {"beta": 0}, lambda p: F.smooth_l1_loss(p, y, beta=0.0))
one("Keras", "logCoshLoss", x * 4, y, {}, lambda p: keras.losses.LogCosh()(y, p))

one("Keras", "absolutePercentageError", x, y, {}, lambda p: keras.losses.MeanAbsolutePercentageError()(y, p))
one("Keras", "squaredLogarithmicError", x.abs() * 3, y.abs(), {}, lambda p: keras.losses.MeanSquaredLogarithmicError()(y.abs(), p))

# Quantiles
q = torch.tensor([0.1, 0.5, 0.9])
quantile_targets = randn(4)


def pinball(p):
    error = quantile_targets[:, None] - p
    return torch.maximum(q * error, (q - 1) * error).mean()


one("three quantiles, by its definition in PyTorch", "quantileLoss", x, quantile_targets, {}, pinball)

# Likelihoods
variance = torch.round(torch.rand(4, 3) * 2 + 0.1, decimals=4)
variance[0, 0] = 0.0
variance[1, 1] = 1e-7
for full in (False, True):
    case(f"full {full}", "gaussianNll", {"mean": x, "variance": variance}, y, {"full": full, "eps": 1e-3},
         lambda m, v: F.gaussian_nll_loss(m, y, v, full=full, eps=1e-3))
case("weights of rows", "gaussianNll", {"mean": x, "variance": variance + 0.5}, y, {"weights": listed},
     lambda m, v: weighted(F.gaussian_nll_loss(m, y, v, reduction="none"), wide))
raw = randn(5, 2)
raw_targets = randn(5)
one("raw pairs, as DeepAR", "gaussianNll", raw, raw_targets, {},
    lambda r: F.gaussian_nll_loss(r[:, 0], raw_targets, F.softplus(r[:, 1]) ** 2))

counts = torch.tensor([[0.0, 1.0, 7.0], [3.0, 25.0, 400.0], [0.0, 2.0, 31.0], [12.0, 1.0, 5.0]])
means = torch.round(torch.rand(4, 3) * 30 + 0.1, decimals=4)
dispersions = torch.tensor([[0.5, 1.0, 0.01], [3.0, 0.2, 0.03], [0.02, 40.0, 0.7], [2.0, 0.05, 1.5]])


def negative_binomial(m, d, counts=counts):
    distribution = torch.distributions.NegativeBinomial(1 / d, logits=torch.log(m * d), validate_args=False)
    return -distribution.log_prob(counts)


case("means and dispersions", "negativeBinomialNll", {"mean": means, "dispersion": dispersions}, counts, {},
     lambda m, d: negative_binomial(m, d).mean())
case("fractions of counts", "negativeBinomialNll", {"mean": means, "dispersion": dispersions}, counts + 0.25, {"weights": listed},
     lambda m, d: weighted(negative_binomial(m, d, counts + 0.25), wide))
raw_counts = torch.tensor([0.0, 1.0, 4.0, 2.0, 9.0])
one("raw pairs, as DeepAR", "negativeBinomialNll", raw, raw_counts, {},
    lambda r: negative_binomial(F.softplus(r[:, 0]), F.softplus(r[:, 1]), raw_counts).mean())
one("logarithms of rates", "poissonNll", x, counts, {}, lambda p: F.poisson_nll_loss(p, counts))
one("full", "poissonNll", x, counts, {"full": True}, lambda p: F.poisson_nll_loss(p, counts, full=True))
one("rates", "poissonNll", means, counts, {"logInput": False}, lambda p: F.poisson_nll_loss(p, counts, log_input=False))

# Classes
numbers = torch.tensor([2, 0, -1, 1])
class_weights = torch.tensor([0.5, 2.0, 1.0])
shares = torch.softmax(randn(4, 3), 1)
listed_numbers = {"weights": listed}


def rowwise(p, **more):
    return F.cross_entropy(p, numbers, ignore_index=-1, reduction="none", **more)


row_weights = weights * (numbers >= 0)
one("class numbers with weights of rows", "crossEntropy", x, numbers, listed_numbers, lambda p: weighted(rowwise(p), row_weights))
one("class numbers with smoothing, class weights and weights of rows", "crossEntropy", x, numbers,
    {"weights": listed, "classWeights": class_weights.tolist(), "labelSmoothing": 0.2},
    lambda p: (rowwise(p, weight=class_weights, label_smoothing=0.2) * row_weights).sum()
    / (row_weights * class_weights[numbers]).sum())
one("class numbers, sum", "crossEntropy", x, numbers, {"reduction": "sum"},
    lambda p: F.cross_entropy(p, numbers, ignore_index=-1, reduction="sum"))
one("probabilities", "crossEntropy", x, shares, {}, lambda p: F.cross_entropy(p, shares))
one("probabilities with smoothing and class weights", "crossEntropy", x, shares,
    {"classWeights": class_weights.tolist(), "labelSmoothing": 0.2},
    lambda p: F.cross_entropy(p, shares, weight=class_weights, label_smoothing=0.2))
given = torch.round(torch.softmax(randn(4, 3), 1) * 0.9, decimals=4)
one("of probabilities, Keras", "crossEntropy", given, shares, {"fromLogits": False},
    lambda p: keras.losses.CategoricalCrossentropy()(shares, p))
one("of probabilities to class numbers, Keras", "crossEntropy", given, numbers.clamp(min=0), {"fromLogits": False},
    lambda p: keras.losses.SparseCategoricalCrossentropy()(numbers.clamp(min=0), p))
one("Keras's categorical focal loss", "focalLoss", x, shares, {"alpha": 0.25},
    lambda p: keras.losses.CategoricalFocalCrossentropy(from_logits=True)(shares, p))
one("Keras's with an alpha for each class, gamma 1.5 and smoothing", "focalLoss", x, shares,
    {"alpha": [0.2, 0.5, 1.0], "gamma": 1.5, "labelSmoothing": 0.1},
    lambda p: keras.losses.CategoricalFocalCrossentropy(alpha=torch.tensor([0.2, 0.5, 1.0]), gamma=1.5, label_smoothing=0.1, from_logits=True)(shares, p))
one("PyTorch, batchmean", "klDivergence", x, shares, {},
    lambda p: F.kl_div(F.log_softmax(p, 1), shares, reduction="batchmean"))
normal = torch.softmax(randn(4, 3), 1)
one("of probabilities, Keras", "klDivergence", normal, shares, {"fromLogits": False},
    lambda p: keras.losses.KLDivergence()(shares, p / p.sum(1, keepdim=True)))

# Yes or no
labels = torch.tensor([[1.0, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0]])
steep = x * 5
one("logits", "binaryCrossEntropy", steep, labels, {}, lambda p: F.binary_cross_entropy_with_logits(p, labels))
pos_weight = torch.tensor([3.0, 1.0, 0.25])
one("weight of a yes for each label, weights of rows", "binaryCrossEntropy", steep, labels,
    {"posWeight": pos_weight.tolist(), "weights": listed},
    lambda p: weighted(F.binary_cross_entropy_with_logits(p, labels, pos_weight=pos_weight, reduction="none"), wide))
one("smoothing, Keras", "binaryCrossEntropy", steep, labels, {"labelSmoothing": 0.2},
    lambda p: keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2)(labels, p))
inside = torch.round(torch.sigmoid(x), decimals=4)
one("probabilities", "binaryCrossEntropy", inside, labels, {"fromLogits": False}, lambda p: F.binary_cross_entropy(p, labels))
one("Keras", "binaryFocalLoss", x, labels, {}, lambda p: keras.losses.BinaryFocalCrossentropy(from_logits=True)(labels, p))
one("Keras, balanced, gamma 3, smoothing", "binaryFocalLoss", x, labels, {"alpha": 0.25, "gamma": 3, "labelSmoothing": 0.1},
    lambda p: keras.losses.BinaryFocalCrossentropy(apply_class_balancing=True, gamma=3.0, label_smoothing=0.1, from_logits=True)(labels, p))
one("of probabilities, Keras", "binaryFocalLoss", inside, labels, {"fromLogits": False},
    lambda p: keras.losses.BinaryFocalCrossentropy()(labels, p))

# Margins and angles
sides = labels * 2 - 1
one("Keras", "hingeLoss", x, sides, {}, lambda p: keras.losses.Hinge()(sides, p))
one("Keras, labels 0 and 1", "squaredHingeLoss", x, labels, {}, lambda p: keras.losses.SquaredHinge()(labels, p))
one_hot = F.one_hot(numbers.clamp(min=0), 3).double()
one("Keras", "categoricalHingeLoss", x, numbers.clamp(min=0), {}, lambda p: keras.losses.CategoricalHinge()(one_hot, p))
one("Keras", "cosineSimilarityLoss", x, y, {}, lambda p: keras.losses.CosineSimilarity()(y, p))
one("PyTorch's embedding loss less 1, weights of rows", "cosineSimilarityLoss", x, y, {"weights": listed},
    lambda p: weighted(F.cosine_embedding_loss(p, y, torch.ones(4), reduction="none") - 1, weights))

(here / "losses.json").write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n", encoding="utf-8")
