"""The words in which the dashboards of source/ are described."""

import dataclasses

# What a panel of processes shows is chosen above the dashboard.
CHOSEN = 'role=~"$role",instance=~"$instance"'

GOOD, WARN, BAD, CALM = "green", "orange", "red", "blue"


@dataclasses.dataclass(frozen=True)
class Query:
    """A query; `quiet` says why it may have nothing to tell, or nothing but 0, while all is well."""

    expr: str
    legend: str = ""
    quiet: str = ""


@dataclasses.dataclass(frozen=True)
class Panel:
    """A picture of queries: kind is stat, graph, bars, heatmap or table."""

    kind: str
    title: str
    queries: tuple
    unit: str
    help: str
    width: int
    height: int
    stack: bool = False
    least: float | None = 0  # where the axis begins and ends
    most: float | None = None
    steps: tuple = ()  # (from which value, which colour), the first of them from None
    names: tuple = ()  # (value, what it is called, colour)
    columns: tuple = ()  # of a table: (label or "Value #A", title, unit)


@dataclasses.dataclass(frozen=True)
class Row:
    """Panels under a title, from left to right, 24 columns wide."""

    title: str
    panels: tuple


@dataclasses.dataclass(frozen=True)
class Variable:
    """A choice above the dashboard, of the values of a label."""

    name: str
    metric: str
    label: str


@dataclasses.dataclass(frozen=True)
class Dashboard:
    """What Grafana shows on one page."""

    name: str
    title: str
    help: str
    rows: tuple
    variables: tuple = (
        Variable("role", "martlet_build_info", "role"),
        Variable("instance", 'martlet_build_info{role=~"$role"}', "instance"),
    )


def _queries(queries):
    queries = queries if isinstance(queries, (list, tuple)) else [queries]
    return tuple(query if isinstance(query, Query) else Query(query) for query in queries)


def row(title, *panels):
    return Row(title, panels)


def stat(title, queries, unit, help, width=4, **more):
    """One number, large."""
    return Panel("stat", title, _queries(queries), unit, help, width, 4, **more)


def graph(title, queries, unit, help, width=8, **more):
    """Lines over time."""
    return Panel("graph", title, _queries(queries), unit, help, width, 8, **more)


def bars(title, queries, unit, help, width=8, **more):
    """The last value of each series as a bar."""
    return Panel("bars", title, _queries(queries), unit, help, width, 8, **more)


def heatmap(title, queries, unit, help, width=8, **more):
    """How a histogram's buckets fill over time."""
    return Panel("heatmap", title, _queries(queries), unit, help, width, 8, **more)


def table(title, queries, columns, help, width=24, **more):
    """The last values, a row for each set of labels."""
    return Panel("table", title, _queries(queries), "short", help, width, 8, columns=columns, **more)


def quantiles(metric, by, legend, where="", shares=(0.5, 0.95), quiet=""):
    """Queries for quantiles of a histogram, by some labels."""
    labels = ", ".join(filter(None, ["le", by]))
    selector = f"{metric}_bucket" + (f"{{{where}}}" if where else "")
    return [
        Query(
            f"histogram_quantile({share}, sum by ({labels}) (rate({selector}[$__rate_interval])))",
            f"{legend} p{share * 100:g}".strip(), quiet)
        for share in shares
    ]
