"""Writes test/fixtures/attention.json: what PyTorch makes of encoder-decoders with attention, in f64.

Run: pip install torch && python scripts/oracle/attention.py
"""

import json
import pathlib

import torch
from torch.nn.functional import cross_entropy, embedding, softmax

torch.manual_seed(2)
torch.set_default_dtype(torch.float64)
IN, OUT, E, H = 5, 4, 3, 4
SOURCES = [[0, 3, 1, 2], [4, 1]]
ANSWERS = [[2, 0, 3], [1, 3]]  # 3 is the end token


def numbers(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{v:.15g}") for v in tensor.detach().flatten().tolist()]}


def pairs(kind):
    """Mean cross-entropy of two pairs of different lengths, its gradients and the alignments of each pair.

    A GRU reads in both directions; its last states are mapped to the first one of the decoder.
    """
    read = E + 2 * H if kind == "additive" else E
    encoder, decoder = torch.nn.GRU(E, H, bidirectional=True), torch.nn.GRUCell(read, H)
    own = {
        "encoder.embedding.w": torch.randn(IN, E),
        "embedding.w": torch.randn(OUT, E),
        "bridge.0.h.w": torch.randn(H, 2 * H) / 2,
        "bridge.0.h.b": torch.randn(H) / 2,
        "attention.key.w": torch.randn(H, 2 * H) / 2,
    }
    if kind == "additive":
        own |= {"attention.query.w": torch.randn(H, H) / 2, "attention.score.w": torch.randn(1, H)}
    else:
        own |= {"attention.combine.w": torch.randn(H, 3 * H) / 2}
    own |= {"readout.w": torch.randn(OUT, 3 * H if kind == "additive" else H), "readout.b": torch.randn(OUT)}
    for tensor in own.values():
        tensor.requires_grad_()
    named = dict(own)
    for name, p in encoder.named_parameters():
        which, part = name.split("_")[:2]
        reverse = "reverse." if name.endswith("_reverse") else ""
        named[f"encoder.layers.0.{reverse}{which[0]}_{part}"] = p
    for name, p in decoder.named_parameters():
        which, part = name.split("_")
        named[f"layers.0.{which[0]}_{part}"] = p

    def score(h, values):
        keys = values @ own["attention.key.w"].T
        if kind == "multiplicative":
            return keys @ h
        return torch.tanh(keys + own["attention.query.w"] @ h) @ own["attention.score.w"][0]

    losses, alignments = [], []
    for source, answer in zip(SOURCES, ANSWERS):
        values, last = encoder(embedding(torch.tensor(source), own["encoder.embedding.w"]))
        h = own["bridge.0.h.w"] @ last.flatten() + own["bridge.0.h.b"]
        rows = []
        for t, symbol in enumerate(answer):
            x = torch.zeros(E) if t == 0 else own["embedding.w"][answer[t - 1]]
            if kind == "additive":
                weights = softmax(score(h, values), 0)
                context = weights @ values
                h = decoder(torch.cat([x, context]), h)
                out = torch.cat([h, context])
            else:
                h = decoder(x, h)
                weights = softmax(score(h, values), 0)
                out = torch.tanh(own["attention.combine.w"] @ torch.cat([weights @ values, h]))
            rows.append(weights)
            losses.append(cross_entropy(own["readout.w"] @ out + own["readout.b"], torch.tensor(symbol)))
        alignments.append(numbers(torch.stack(rows)))
    loss = torch.stack(losses).mean()
    loss.backward()
    return {
        "kind": kind,
        "weights": {name: numbers(p) for name, p in named.items()},
        "gradients": {name: numbers(p.grad) for name, p in named.items()},
        "alignments": alignments,
        "loss": loss.item(),
    }


def main():
    found = {"sources": SOURCES, "answers": ANSWERS, "cases": [pairs("additive"), pairs("multiplicative")]}
    path = pathlib.Path(__file__).parents[2] / "test" / "fixtures" / "attention.json"
    path.write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
