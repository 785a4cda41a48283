"""Writes tfidf.json: what scikit-learn makes of texts by TF-IDF and logistic regression. pip install scikit-learn==1.9.1"""

import json
import pathlib
import random

import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

WORDS = "the a soup film phone was is very not so good bad fine awful slow, quick! 3 stars don't ever again".split()


def texts(count, seed):
    draw = random.Random(seed)
    return [" ".join(draw.choice(WORDS) for _ in range(draw.randint(3, 12))) for _ in range(count)]


def golden(classes, cost):
    train, test = texts(120, classes), texts(20, 100 + classes)
    draw = random.Random(7)
    labels = [
        (sum(text.count(word) for word in ("good", "fine", "quick")) + draw.randint(0, 1)) % classes for text in train
    ]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"(?u)\w+|[^\w\s]")
    model = LogisticRegression(C=cost, tol=1e-10, max_iter=10_000)
    model.fit(vectorizer.fit_transform(train), labels)
    return {
        "classes": classes,
        "cost": cost,
        "train": train,
        "labels": labels,
        "test": test,
        "columns": len(vectorizer.vocabulary_),
        "probabilities": model.predict_proba(vectorizer.transform(test)).tolist(),
    }


cases = [golden(2, 1.0), golden(2, 64.0), golden(4, 4.0)]
path = pathlib.Path(__file__).parent / "tfidf.json"
path.write_text(json.dumps({"madeBy": f"scikit-learn {sklearn.__version__}", "cases": cases}) + "\n")
