"""One measurement of PyTorch in a process of its own, as one line of JSON: the tasks of src/request.ts.

usage: torch_worker.py version
       torch_worker.py export <file.onnx>     the sentiment model for ONNX Runtime
       torch_worker.py (stock | best) <request>
"""
import json
import math
import os
import resource
import sys
import time

import torch
from torch import nn

from torch_models import LanguageModel, Sentiment, Translation, shapes


def time_once(run):
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1e3


def repeat_for(seconds, at_least, run):
    times, end = [], time.perf_counter() + seconds
    while len(times) < at_least or time.perf_counter() < end:
        times.append(time_once(run))
    return sorted(times)


def repeat_warm(seconds, at_least, run, warm_ups=1):
    repeat_for(seconds / 4, warm_ups, run)
    return repeat_for(seconds, at_least, run)


def median(times):
    return times[len(times) // 2]


def make_step(model, fused):
    parameters = list(model.parameters())
    optimizer = torch.optim.Adam(parameters, 1e-3, **({"fused": True} if fused else {}))

    def step():
        loss = model.loss()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()

    return step


def measure_step(request, fused):
    return {"ms": median(repeat_warm(request["seconds"], 3, make_step(shapes[request["shape"]](), fused), warm_ups=4))}


def measure_layers(request, fused):
    def time_layers(sizes):
        lstm = nn.LSTM(
            sizes["inputSize"], sizes["hiddenSize"], sizes["numLayers"], batch_first=True, bidirectional=sizes["bidirectional"]
        )
        x = torch.randn(sizes["batch"], sizes["time"], sizes["inputSize"], requires_grad=True)

        def run():
            lstm.zero_grad(set_to_none=True)
            x.grad = None
            lstm(x)[0].sum().backward()

        return median(repeat_warm(request["seconds"], 2, run))

    return {name: time_layers(sizes) for name, sizes in request["layers"].items()}


def measure_products(request, fused):
    def time_product(sizes):
        a, b = torch.randn(sizes["m"], sizes["k"]), torch.randn(sizes["k"], sizes["n"])
        out = torch.empty(sizes["m"], sizes["n"])
        return median(repeat_warm(request["seconds"], 5, lambda: torch.mm(a, b, out=out)))

    return {name: time_product(sizes) for name, sizes in request["products"].items()}


def measure_slopes(request, fused):
    def time_size(sizes):
        model = LanguageModel(sizes["batch"], sizes["time"], sizes["width"], sizes["vocabSize"])
        return median(repeat_warm(request["seconds"], 3, make_step(model, fused)))

    return {name: time_size(sizes) for name, sizes in request["sizes"].items()}


def measure_inference(request, fused):
    sentiment, translation = Sentiment().eval(), Translation().eval()
    words, sentence = torch.randint(20000, (1, 50)), torch.randint(8000, (1, 20))
    answers = {
        "sentiment": lambda: sentiment(words),
        "greedy": lambda: translation.greedy(sentence, 20),
        "beam": lambda: translation.beam(sentence, 20),
    }
    measured = {}
    with torch.inference_mode():
        for name, answer in answers.items():
            times = repeat_warm(request["seconds"], 10, answer)
            measured[name], measured[name + " p90"] = median(times), times[math.floor(len(times) * 0.9)]
    return measured


def resident_bytes():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measure_memory(request, fused):
    step = make_step(shapes[request["shape"]](), fused)
    early = math.ceil(request["steps"] / 10)
    for _ in range(early):
        step()
    before = resident_bytes()
    for _ in range(request["steps"] - early):
        step()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"growth": resident_bytes() - before, "peak": peak}


measures = {
    "step": measure_step,
    "layers": measure_layers,
    "products": measure_products,
    "slopes": measure_slopes,
    "inference": measure_inference,
    "memory": measure_memory,
}


def export(path):
    model = Sentiment().eval()
    ids = torch.randint(20000, (1, 50))
    torch.onnx.export(model, (ids,), path, input_names=["ids"], output_names=["logits"], opset_version=17, dynamo=False)


def main():
    command = sys.argv[1]
    if command == "version":
        print(json.dumps({"version": torch.__version__}))
    elif command == "export":
        export(sys.argv[2])
        print(json.dumps({"model": sys.argv[2]}))
    else:
        request = json.loads(sys.argv[2])
        torch.manual_seed(1)
        torch.set_num_threads(request["threads"])
        print(json.dumps(measures[request["task"]](request, fused=command == "best")))


main()
