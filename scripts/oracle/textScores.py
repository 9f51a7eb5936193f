"""Writes test/fixtures/textScores.json: BLEU and chrF of small corpora by sacreBLEU.

Run: pip install sacrebleu && python scripts/oracle/textScores.py
"""

import json
import pathlib

from sacrebleu.metrics import BLEU, CHRF

CORPORA = {
    "sentences": [
        ["the cat sat on a mat .", "the cat sat on the mat ."],
        ["a dog ran away", "the dog ran far away from us"],
        ["yes", "yes , it is"],
    ],
    "one word right": [["a b c d e", "x b y z w"], ["f g h i", "i q r s t"]],
    "longer than wanted": [["this is a very long small test of it", "this is a small test"]],
    "shorter than an order": [["one two", "one two"], ["a b c", "a b d"]],
    "nothing right": [["p q r s t", "u v w x y"]],
    "beyond ASCII": [["Où est l' été 𝄞 ?", "Où est cet été 𝄞 ?"], ["naïve café", "naive café au lait"]],
}


def main():
    found = []
    for name, pairs in CORPORA.items():
        outputs, references = [a for a, _ in pairs], [[b for _, b in pairs]]
        bleu = BLEU(tokenize="none", force=True).corpus_score(outputs, references).score
        chrf = CHRF().corpus_score(outputs, references).score
        found.append({"name": name, "pairs": pairs, "bleu": bleu, "chrf": chrf})
    path = pathlib.Path(__file__).parents[2] / "test" / "fixtures" / "textScores.json"
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
