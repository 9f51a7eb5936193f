"""Writes test/fixtures/torch.json: what PyTorch makes of small recurrent layers, optimisers and schedules, in f64.

Run: pip install torch numpy && python scripts/oracle/recurrent.py
"""

import json
import pathlib

import torch

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
T, B, I, H = 5, 2, 3, 4


def numbers(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{v:.15g}") for v in tensor.detach().flatten().tolist()]}


def layer(kind, layers, bidirectional=False, lengths=None):
    """Outputs, final states and all gradients of sum(y^2) + sum(final^2), from random first states.

    The reverse direction starts from zeros. With lengths, sequences end early and are packed; y is 0 after the end.
    """
    cells = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
    module = cells[kind](I, H, layers, bidirectional=bidirectional)
    directions = 2 if bidirectional else 1
    x = torch.randn(T, B, I, requires_grad=True)
    first = [torch.randn(layers * directions, B, H) for _ in range(2 if kind == "lstm" else 1)]
    for state in first:
        if bidirectional:
            state[1::2] = 0
        state.requires_grad_()
    start = tuple(first) if kind == "lstm" else first[0]
    if lengths:
        packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths))
        y, final = module(packed, start)
        y, _ = torch.nn.utils.rnn.pad_packed_sequence(y, total_length=T)
    else:
        y, final = module(x, start)
    final = list(final) if kind == "lstm" else [final]
    loss = (y**2).sum() + sum((f**2).sum() for f in final)
    loss.backward()
    return {
        "cell": kind,
        "layers": layers,
        "bidirectional": bidirectional,
        "lengths": lengths,
        "weights": {name: numbers(p) for name, p in module.named_parameters()},
        "gradients": {name: numbers(p.grad) for name, p in module.named_parameters()},
        "x": numbers(x),
        "dx": numbers(x.grad),
        "first": [numbers(f) for f in first],
        "dfirst": [numbers(f.grad) for f in first],
        "y": numbers(y),
        "final": [numbers(f) for f in final],
        "loss": loss.item(),
    }


def optimiser(name, clip, decay=0, clip_value=0):
    """Weights after each of 100 steps on sum(a (w - b)^2) + sum(w^4) / 10.

    RMSprop goes slowly enough not to arrive: near the minimum it would flip from side to side and blow rounding up.
    """
    lr = 0.005 if name == "rmsprop" else 0.02
    a = torch.tensor([0.5, 1.0, 2.0, 4.0, 0.01])
    b = torch.tensor([1.0, -1.0, 0.5, 0.25, 3.0])
    w = torch.nn.Parameter(torch.tensor([0.0, 0.5, -1.0, 1.5, -0.2]))
    make = {
        "sgd": lambda: torch.optim.SGD([w], lr=lr, weight_decay=decay),
        "momentum": lambda: torch.optim.SGD([w], lr=lr, momentum=0.9, weight_decay=decay),
        "nesterov": lambda: torch.optim.SGD([w], lr=lr, momentum=0.9, nesterov=True, weight_decay=decay),
        "adagrad": lambda: torch.optim.Adagrad([w], lr=lr, eps=1e-8, weight_decay=decay),
        "rmsprop": lambda: torch.optim.RMSprop([w], lr=lr, alpha=0.9, eps=1e-8, weight_decay=decay),
        "adam": lambda: torch.optim.Adam([w], lr=lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=decay),
        "adamw": lambda: torch.optim.AdamW([w], lr=lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=decay),
    }[name]()
    path = []
    for _ in range(100):
        make.zero_grad()
        ((a * (w - b) ** 2).sum() + (w**4).sum() / 10).backward()
        if clip:
            torch.nn.utils.clip_grad_norm_([w], clip)
        if clip_value:
            torch.nn.utils.clip_grad_value_([w], clip_value)
        make.step()
        path.append(numbers(w)["data"])
    return {
        "optimizer": name,
        "clipNorm": clip,
        "clipValue": clip_value,
        "weightDecay": decay,
        "lr": lr,
        "path": path,
    }


def onecycle(total, share):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.003, total_steps=total, pct_start=share, cycle_momentum=False
    )
    rates = []
    for _ in range(total):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        if len(rates) < total:
            schedule.step()
    return {"total": total, "warmup": share, "lr": 0.003, "rates": rates}


fixture = {
    "torch": torch.__version__.split("+")[0],
    "layers": [layer(kind, n) for kind in ("rnn", "gru", "lstm") for n in (1, 2)]
    + [layer(kind, n, True) for kind in ("rnn", "gru", "lstm") for n in (1, 3)]
    + [layer(kind, 2, both, [5, 3]) for kind in ("rnn", "gru", "lstm") for both in (False, True)],
    "optimisers": [
        optimiser(name, *how)
        for name in ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
        for how in ((0,), (0.5,), (0, 0.1), (0.5, 0.1, 0.3))
    ],
    "onecycle": [onecycle(50, 0.1), onecycle(200, 0.3)],
}
path = pathlib.Path(__file__).parents[2] / "test" / "fixtures" / "torch.json"
path.write_text(json.dumps(fixture, separators=(",", ":")))
print(f"{path}: {path.stat().st_size} bytes")
