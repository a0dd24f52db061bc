"""The expressions of dashboards and rules, as Prometheus is asked for them."""

import re
import sys

from prometheus import ROOT

sys.path.insert(0, str(ROOT / "deploy/grafana"))

import generate  # noqa: E402

SELECTOR = re.compile(
    r'\b((?:martlet[_:]|process_)[\w:]*|up|ALERTS)(?![\w(])\s*(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?')
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"')


def filled(expression, rate="15s", span="5m"):
    """An expression of a panel with everything chosen, and the times that Grafana would put in."""
    for name, value in (("__rate_interval", rate), ("__range", span), ("__interval", rate)):
        expression = expression.replace(f"${name}", value)
    expression = re.sub(r"\$\w+", ".*", expression)
    return expression


def panels():
    """Every panel: (dashboard, row, panel)."""
    return [(dashboard, row, panel) for dashboard in generate.described() for row in dashboard.rows
            for panel in row.panels]


def queries():
    """Every query of every panel: (where it stands, query)."""
    return [(f"{dashboard.title}: {row.title}: {panel.title}", query) for dashboard, row, panel in panels()
            for query in panel.queries]


def selectors(expression):
    """The metrics that an expression asks for: (name, [(label, operator, value), …])."""
    return [(match.group(1), MATCHER.findall(match.group(2) or "")) for match in SELECTOR.finditer(expression)]


def selector(name, matchers):
    return name + "{" + ",".join(f'{label}{operator}"{value}"' for label, operator, value in matchers) + "}"
