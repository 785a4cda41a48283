"""Makes ctc.json beside this file.

Made with PyTorch 2.13.0 (CPU), seed 9, float64. Gradients are those of the logits, through log_softmax.
Run: python make_ctc_golden.py
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(9)
torch.set_default_dtype(torch.float64)
here = pathlib.Path(__file__).parent
cases = []


def digits(x):
    return float(f"{float(x):.11g}")


def case(name, lengths, targets, classes=4, blank=0, reduction="mean", zero_infinity=False, scale=1.0):
    batch, time = len(lengths), max(lengths)
    logits = torch.round(torch.randn(batch, time, classes) * scale, decimals=4).requires_grad_()
    losses = F.ctc_loss(
        F.log_softmax(logits, 2).transpose(0, 1), torch.tensor([label for row in targets for label in row], dtype=torch.long),
        torch.tensor(lengths), torch.tensor([len(row) for row in targets]), blank=blank, reduction=reduction, zero_infinity=zero_infinity)
    finite = losses.isfinite()
    losses[finite].sum().backward()
    cases.append({
        "name": name, "shape": [batch, time, classes], "logits": [digits(x) for x in logits.detach().reshape(-1)],
        "lengths": lengths, "targets": targets, "blank": blank, "reduction": reduction, "zeroInfinity": zero_infinity,
        "losses": [digits(x) if torch.isfinite(x) else None for x in losses.detach().reshape(-1)],
        "gradient": None if not finite.all() else [digits(x) for x in logits.grad.reshape(-1)],
    })


case("one row", [6], [[1, 2]])
case("ragged rows and targets, repeats, none", [7, 5, 4, 6], [[1, 2, 1], [3, 3], [], [2]])
case("sums, another blank", [7, 5, 6], [[0, 1, 1], [2, 0], [1]], blank=3, reduction="sum")
case("each row, steep scores", [9, 9, 3], [[1, 2, 3, 1], [2, 2, 2, 2], [3, 1, 2]], reduction="none", scale=6.0)
case("labels that do not fit", [4, 2, 3], [[1, 2], [1, 1], [1, 2, 3, 1]], reduction="none")
case("labels that do not fit count as 0", [4, 2, 3], [[1, 2], [1, 1], [1, 2, 3, 1]], zero_infinity=True)

(here / "ctc.json").write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n", encoding="utf-8")
