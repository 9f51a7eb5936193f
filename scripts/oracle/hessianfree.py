"""Writes test/fixtures/hessianfree.json: Hessian-free optimisation of a small recurrent network, written again with PyTorch in f64.

Products with the Gauss-Newton matrix come from two backward passes (J v as the derivative of u J by u) and the exact second derivative of
the loss by the outputs; conjugate gradients, damping, the preconditioner (from one backward pass per sequence), the way back over iterates
and the line search are plain Python. Conjugate gradients blow rounding up: without weight decay two
such programs in f64 agree to 1e-10 for 30 steps and go different ways soon after, with it they stay together.

Run: pip install torch numpy && python scripts/oracle/hessianfree.py
"""

import json
import math
import pathlib

import torch

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
T, B, V, H = 6, 12, 3, 4
DECAY, GAIN = 0.9, 0.0005

ids = torch.randint(V, (T, B))
delayed = torch.roll(ids, 2, 0)[2:]  # the symbol of two steps before: can be learnt
anything = torch.randint(V, (T - 2, B))  # can only be learnt by heart, and not all of it
wx, wh, b, wo, bo = first = [
    torch.randn(H, V) * 0.7,
    torch.randn(H, H) * 0.4,
    torch.randn(H) * 0.1,
    torch.randn(V, H) * 0.5,
    torch.zeros(V),
]


def logits(weights):
    wx, wh, b, wo, bo = weights
    h = torch.zeros(B, H)
    out, states = [], []
    for t in range(T):
        h = torch.tanh(torch.nn.functional.one_hot(ids[t], V).to(h) @ wx.T + h @ wh.T + b)
        states.append(h)
        if t >= 2:
            out.append(h @ wo.T + bo)
    return torch.stack(out), torch.stack(states)


def loss_of(z, targets, decay, weights):
    loss = torch.nn.functional.cross_entropy(z.reshape(-1, V), targets.reshape(-1))
    return loss + decay / 2 * sum((w**2).sum() for w in weights)


def dot(a, b):
    return sum((x * y).sum() for x, y in zip(a, b))


def fisher_of(z, targets, ws):
    """Mean over sequences of the squared gradients of their own mean losses."""
    total = [torch.zeros_like(w) for w in ws]
    for b in range(B):
        own = torch.nn.functional.cross_entropy(z[:, b], targets[:, b])
        for t, g in zip(total, torch.autograd.grad(own, ws, retain_graph=True)):
            t += g**2 / B
    return total


def run(targets, weight_decay, first_damping, iterations, steps=100, structural=0.0, fisher=False, back=False, tries=0):
    weights = [w.clone() for w in first]
    delta = [torch.zeros_like(w) for w in weights]
    notches = 0
    path = []
    for _ in range(steps):
        ws = [w.clone().requires_grad_() for w in weights]
        z, h = logits(ws)
        loss = loss_of(z, targets, weight_decay, ws)
        g = torch.autograd.grad(loss, ws, retain_graph=True)
        damping = first_damping * 1.5**notches
        us = [torch.zeros_like(z, requires_grad=True), torch.zeros_like(h, requires_grad=True)]
        pulled = torch.autograd.grad([z, h], ws, us, create_graph=True)
        p = torch.softmax(z, -1).detach()

        def product(v):
            jv, move = torch.autograd.grad(dot(pulled, v), us, retain_graph=True)
            bent = p * (jv - (p * jv).sum(-1, keepdim=True)) / targets.numel()
            gv = torch.autograd.grad([z, h], ws, [bent, structural * damping / (T * B) * move], retain_graph=True)
            return [x + (damping + weight_decay) * y for x, y in zip(gv, v)]

        scale = [torch.ones_like(w) for w in ws]
        if fisher:
            scale = [(f + damping + weight_decay) ** 0.75 for f in fisher_of(z, targets, ws)]
        x = [d * DECAY for d in delta]
        r = [a + b for a, b in zip(product(x), g)]
        d = [-a / m for a, m in zip(r, scale)]
        rr = -dot(r, d)
        iterates = []
        q = [(dot(x, [a + b for a, b in zip(r, g)]) / 2).item()]
        for i in range(1, iterations + 1):
            ad = product(d)
            curvature = dot(d, ad)
            if not curvature > 0:
                break
            alpha = rr / curvature
            x = [a + alpha * b for a, b in zip(x, d)]
            r = [a + alpha * b for a, b in zip(r, ad)]
            y = [a / m for a, m in zip(r, scale)]
            rr, before = dot(r, y), rr
            d = [-a + rr / before * b for a, b in zip(y, d)]
            iterates.append(x)
            q.append((dot(x, [a + b for a, b in zip(r, g)]) / 2).item())
            k = max(10, math.floor(i * 0.1))
            if i > k and q[i] < 0 and q[i] - q[i - k] > k * GAIN * q[i]:
                break
            if not rr > 0:
                break
        delta = [a.detach() for a in x]


        def at(step):
            moved = [w + a for w, a in zip(weights, step)]
            return loss_of(logits(moved)[0], targets, weight_decay, moved).item(), moved

        (there, moved), chosen, promised = at(delta), delta, -q[-1]
        made = len(iterates)
        powers = [math.ceil(1.3**j) for j in range(200) if math.ceil(1.3**j) < min(made, iterations)]
        for i in sorted(set(powers), reverse=True) if back else []:
            earlier, to = at(iterates[i - 1])
            if earlier > there:
                break
            there, moved, chosen, promised = earlier, to, iterates[i - 1], -q[i]
        fall = loss.item() - there
        notches += 1 - (promised > 0 and fall >= promised / 4) - (promised > 0 and fall > promised * 3 / 4)
        rate = 1.0
        if tries:
            slope = dot(g, chosen).item()
            for _ in range(tries + 1):
                value, moved = at([rate * a for a in chosen])
                if value <= loss.item() + 0.01 * rate * slope:
                    break
                rate *= 0.8
            else:
                rate, value = 0.0, loss.item()
            fall = loss.item() - value
        plain = loss_of(z, targets, 0.0, ws).item()
        path.append({"loss": plain, "iterations": len(q) - 1, "notches": notches, "taken": fall > 0, "rate": rate})
        notches = max(-60, min(60, notches))
        if fall > 0:
            weights = moved
        if len(path) % 10 == 0:
            path[-1]["weights"] = [float(f"{v:.15g}") for w in weights for v in w.flatten().tolist()]
    options = {"preconditioner": "fisher" if fisher else "none", "cgBacktracking": back, "lineSearch": tries, "structuralDamping": structural, "weightDecay": weight_decay, "damping": first_damping, "cgIterations": iterations, "cgDecay": DECAY}
    return {"options": options, "targets": targets.flatten().tolist(), "path": path}


fixture = {
    "torch": torch.__version__.split("+")[0],
    "sizes": {"T": T, "B": B, "V": V, "H": H},
    "ids": ids.flatten().tolist(),
    "weights": [w.flatten().tolist() for w in first],
    "runs": [run(anything, 0.0, 1.0, 8, 30), run(anything, 0.03, 0.3, 25), run(delayed, 0.03, 0.3, 25), run(delayed, 0.05, 0.3, 25, structural=1.0)]
    + [run(anything, 0.01, 0.003, 6, 40, fisher=True), run(delayed, 0.1, 0.3, 12, 40, back=True), run(anything, 0.03, 0.3, 12, 40, tries=6)]
    + [run(anything, 0.05, 0.1, 8, 40, 0.5, True, True, 6)],
}
path = pathlib.Path(__file__).parents[2] / "test" / "fixtures" / "hessianfree.json"
path.write_text(json.dumps(fixture, separators=(",", ":")))
for r in fixture["runs"]:
    print(r["options"], [(round(p["loss"], 5), p["iterations"], p["notches"], p["taken"], round(p["rate"], 3)) for p in r["path"][::5]])
print(f"{path}: {path.stat().st_size} bytes")
