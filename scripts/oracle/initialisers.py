"""Writes test/fixtures/initialisers.json: how PyTorch's initialisers spread the entries of one gate's block, in f64.

For each choice and block shape: 99 percentiles, variance, largest magnitude and singular values over many draws.
Run: pip install torch numpy && python scripts/oracle/initialisers.py
"""

import json
import math
import pathlib

import torch

torch.manual_seed(3)
torch.set_default_dtype(torch.float64)
H, I, V = 48, 32, 20
DRAWS = 300
choices = {
    "uniform": lambda w: torch.nn.init.kaiming_uniform_(w, a=math.sqrt(5)),  # what nn.Linear starts from
    "xavier": torch.nn.init.xavier_uniform_,
    "orthogonal": torch.nn.init.orthogonal_,
    "identity": torch.nn.init.eye_,
}
blocks = {"layers.0.w_ih": (H, I), "layers.0.w_hh": (H, H), "readout.w": (V, H)}


def spread(draw):
    draws = [draw().detach() for _ in range(DRAWS)]
    values = torch.cat([d.flatten() for d in draws])
    singular = torch.cat([torch.linalg.svdvals(d) for d in draws[:20]]) if draws[0].dim() == 2 else torch.zeros(1)
    # torch.quantile takes 16 million values at most.
    points = torch.quantile(values[:4_000_000], torch.arange(1, 100) / 100)
    return {
        "percentiles": [float(f"{p:.6g}") for p in points.tolist()],
        "variance": values.var(unbiased=False).item(),
        "largest": values.abs().max().item(),
        "singular": [singular.min().item(), singular.max().item()],
    }


fixture = {
    "torch": torch.__version__.split("+")[0],
    "sizes": {"hidden": H, "embedding": I, "symbols": V},
    "choices": [
        {"init": name, "weight": weight, "shape": shape, **spread(lambda: fill(torch.empty(shape)))}
        for name, fill in choices.items()
        for weight, shape in blocks.items()
        if name != "identity" or weight == "layers.0.w_hh"
    ]
    + [
        {"init": "default", "weight": "layers.0.w_ih", "shape": (H, I), **spread(lambda: torch.nn.LSTM(I, H).weight_ih_l0[:H])},
        {"init": "default", "weight": "layers.0.w_hh", "shape": (H, H), **spread(lambda: torch.nn.LSTM(I, H).weight_hh_l0[:H])},
        {"init": "default", "weight": "readout.w", "shape": (V, H), **spread(lambda: torch.nn.Linear(H, V).weight)},
        {"init": "default", "weight": "embedding.w", "shape": (V, I), **spread(lambda: torch.nn.Embedding(V, I).weight)},
    ],
}
path = pathlib.Path(__file__).parents[2] / "test" / "fixtures" / "initialisers.json"
path.write_text(json.dumps(fixture, separators=(",", ":")))
for c in fixture["choices"]:
    print(c["init"], c["weight"], round(c["variance"], 6), round(c["largest"], 5), c["singular"])
print(f"{path}: {path.stat().st_size} bytes")
