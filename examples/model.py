"""A model that is fitted once and predicts a batch a line, as one of scikit-learn would."""
import json, sys

class LinearRegression:
    def fit(self, xs, ys):
        mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
        self.slope = sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / sum((x - mx) ** 2 for x in xs)
        self.intercept = my - self.slope * mx
        return self
    def predict(self, xs):
        return [self.slope * x + self.intercept for x in xs]

model = LinearRegression().fit([1, 2, 3, 4], [3, 5, 7, 9])
for batch in map(json.loads, sys.stdin):
    print(json.dumps({"id": batch["id"], "results": model.predict(batch["items"])}), flush=True)
