"""Makes Grafana's dashboards of their descriptions; with --check it says which of them are not up to date."""

import importlib
import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))

import grafana  # noqa: E402

NAMES = ("cluster", "training", "data", "api")


def described():
    """The dashboards in their order."""
    return [importlib.import_module(f"source.{name}").DASHBOARD for name in NAMES]


def main():
    stale = []
    for dashboard in described():
        path = FOLDER / "dashboards" / f"{dashboard.name}.json"
        text = json.dumps(grafana.dashboard(dashboard), indent=2, ensure_ascii=False) + "\n"
        if path.exists() and path.read_text() == text:
            continue
        if "--check" in sys.argv[1:]:
            stale.append(path.name)
        else:
            path.write_text(text)
            print(path)
    if stale:
        sys.exit(f"not what their descriptions say, run deploy/grafana/generate.py: {', '.join(stale)}")


if __name__ == "__main__":
    main()
