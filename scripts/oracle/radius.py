"""Writes test/fixtures/radius.json: matrices, rounded to f32, with the largest magnitude of their eigenvalues as numpy finds it in f64.

Run: pip install numpy && python scripts/oracle/radius.py
"""

import json
import pathlib

import numpy as np

random = np.random.default_rng(7)


def orthogonal(n):
    return np.linalg.qr(random.standard_normal((n, n)))[0]


def similar(core):
    """The same eigenvalues and Jordan blocks in another, not orthogonal, basis."""
    basis = orthogonal(len(core)) @ np.diag(np.linspace(1, 3, len(core))) @ orthogonal(len(core))
    return basis @ core @ np.linalg.inv(basis)


def rotation(size, angle):
    return size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def blocks(*parts):
    n = sum(len(p) for p in parts)
    whole, at = np.zeros((n, n)), 0
    for p in parts:
        whole[at : at + len(p), at : at + len(p)] = p
        at += len(p)
    return whole


one = lambda value: np.array([[value]])
# name, matrix, relative tolerance: what f32 makes of eigenvalues of m equal ones is about (1e-7)^(1/m)
cases = [
    ("start of a recurrent matrix, 32", random.uniform(-1, 1, (32, 32)) / np.sqrt(32), 1e-4),
    ("normal, 7", random.standard_normal((7, 7)), 1e-4),
    ("orthogonal times 0.9", 0.9 * orthogonal(12), 1e-5),
    ("far from normal", np.triu(random.standard_normal((9, 9)) * 5, 1) + np.diag(np.linspace(0.2, 0.8, 9)), 1e-4),
    ("complex pair", similar(blocks(rotation(1.3, 1.0), one(1.2), one(-0.4))), 1e-4),
    ("complex pair against a real one of the same size", similar(blocks(rotation(0.95, 2.0), one(0.95))), 1e-4),
    ("+r and -r", similar(blocks(one(0.7), one(-0.7), one(0.1))), 1e-4),
    ("Jordan block of 2", similar(np.array([[0.8, 1, 0], [0, 0.8, 0], [0, 0, 0.3]])), 1e-3),
    ("Jordan block of 3 as it stands", np.array([[0.8, 1, 0], [0, 0.8, 1], [0, 0, 0.8]]), 1e-4),
    ("rank one", np.outer(random.standard_normal(6), random.standard_normal(6)), 1e-4),
    ("tiny", 1e-12 * random.standard_normal((5, 5)), 1e-4),
    ("huge", 1e12 * random.standard_normal((5, 5)), 1e-4),
    ("identity", np.eye(4), 1e-6),
    ("strictly triangular", np.triu(random.standard_normal((6, 6)), 1), 0),
    ("zero", np.zeros((3, 3)), 0),
]

fixture = []
for name, matrix, tolerance in cases:
    rounded = matrix.astype(np.float32).astype(np.float64)
    radius = float(np.abs(np.linalg.eigvals(rounded)).max())
    fixture.append(
        {"name": name, "size": len(rounded), "data": rounded.flatten().tolist(), "radius": radius, "tolerance": tolerance}
    )

path = pathlib.Path(__file__).parents[2] / "test/fixtures/radius.json"
path.write_text(json.dumps(fixture) + "\n")
