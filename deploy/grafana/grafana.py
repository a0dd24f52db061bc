"""What Grafana (10 to 12) reads, made of a description."""

SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def dashboard(described):
    panels, number, top = [], 0, 0
    for row in described.rows:
        number += 1
        panels.append({
            "id": number, "type": "row", "title": row.title, "collapsed": False, "panels": [],
            "gridPos": {"x": 0, "y": top, "w": 24, "h": 1},
        })
        for panel, place in laid_out(row, top + 1):
            number += 1
            panels.append(_panel(panel, number, place))
        top = max(item["gridPos"]["y"] + item["gridPos"]["h"] for item in panels)
    return {
        "uid": f"martlet-{described.name}", "title": f"Martlet: {described.title}", "description": described.help,
        "tags": ["martlet"], "schemaVersion": 38, "version": 1, "editable": True, "graphTooltip": 1, "refresh": "10s",
        "timezone": "browser", "time": {"from": "now-1h", "to": "now"}, "timepicker": {}, "fiscalYearStartMonth": 0,
        "weekStart": "", "id": None, "panels": panels,
        "links": [{
            "type": "dashboards", "title": "Martlet", "tags": ["martlet"], "asDropdown": False, "icon": "dashboard",
            "includeVars": True, "keepTime": True, "targetBlank": False, "tooltip": "", "url": "",
        }],
        "annotations": {"list": [{
            "name": "Alerts", "datasource": SOURCE, "enable": True, "hide": False, "iconColor": "red",
            "expr": 'ALERTS{alertstate="firing",alertname=~"Martlet.*"}', "titleFormat": "{{alertname}}",
            "textFormat": "{{role}} {{instance}}", "step": "15s", "useValueForTime": False,
        }]},
        "templating": {"list": [{
            "name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "regex": "",
            "current": {}, "hide": 0, "includeAll": False, "multi": False, "options": [], "refresh": 1,
            "skipUrlSync": False,
        }] + [_variable(variable) for variable in described.variables]},
    }


def laid_out(row, top):
    """The panels of a row with their places, wrapped at 24 columns."""
    left = height = 0
    for panel in row.panels:
        if left + panel.width > 24:
            left, top, height = 0, top + height, 0
        yield panel, {"x": left, "y": top, "w": panel.width, "h": panel.height}
        left += panel.width
        height = max(height, panel.height)


def _variable(variable):
    query = f"label_values({variable.metric}, {variable.label})"
    return {
        "name": variable.name, "label": variable.name.capitalize(), "type": "query", "datasource": SOURCE,
        "definition": query, "query": {"query": query, "refId": variable.name}, "refresh": 2, "regex": "", "sort": 1,
        "includeAll": True, "allValue": ".*", "multi": True, "hide": 0, "options": [], "skipUrlSync": False,
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }


def _panel(panel, number, place):
    kind = {"graph": "timeseries", "bars": "bargauge"}.get(panel.kind, panel.kind)
    steps = panel.steps or ((None, "blue" if panel.kind == "bars" else "text" if panel.kind == "stat" else "green"),)
    defaults = {
        "unit": panel.unit, "color": {"mode": "thresholds" if panel.kind in ("stat", "bars") else "palette-classic"},
        "thresholds": {"mode": "absolute", "steps": [{"value": value, "color": colour} for value, colour in steps]},
        "mappings": [{
            "type": "value",
            "options": {str(value): {"index": index, "text": text, "color": colour}},
        } for index, (value, text, colour) in enumerate(panel.names)],
    }
    if panel.kind in ("graph", "bars") and panel.least is not None:
        defaults["min"] = panel.least
    if panel.most is not None:
        defaults["max"] = panel.most
    if panel.kind == "graph":
        defaults["custom"] = {
            "drawStyle": "line", "lineInterpolation": "linear", "lineWidth": 1, "showPoints": "never",
            "spanNulls": False,
            "fillOpacity": 40 if panel.stack else 8, "axisPlacement": "auto", "axisLabel": "",
            "stacking": {"mode": "normal" if panel.stack else "none", "group": "A"},
        }
    made = {
        "id": number, "type": kind, "title": panel.title, "description": panel.help, "datasource": SOURCE,
        "gridPos": place, "fieldConfig": {"defaults": defaults, "overrides": []}, "options": _options(panel),
        "targets": [_target(panel, index, query) for index, query in enumerate(panel.queries)],
    }
    if panel.kind == "table":
        _columns(panel, made)
    return made


def _target(panel, index, query):
    once = panel.kind in ("table", "bars")
    return {
        "refId": chr(ord("A") + index), "datasource": SOURCE, "editorMode": "code", "expr": query.expr,
        "legendFormat": query.legend or "__auto", "instant": once, "range": not once,
        "format": {"table": "table", "heatmap": "heatmap"}.get(panel.kind, "time_series"),
    }


def _options(panel):
    reduce = {"calcs": ["lastNotNull"], "fields": "", "values": False}
    if panel.kind == "stat":
        return {
            "reduceOptions": reduce, "colorMode": "value", "graphMode": "none" if panel.names else "area",
            "justifyMode": "auto", "orientation": "auto", "textMode": "value_and_name" if panel.names else "auto",
        }
    if panel.kind == "bars":
        return {
            "reduceOptions": reduce, "displayMode": "basic", "orientation": "horizontal", "showUnfilled": True,
            "minVizHeight": 10, "minVizWidth": 0, "valueMode": "color",
        }
    if panel.kind == "table":
        return {"showHeader": True, "cellHeight": "sm", "footer": {"show": False, "reducer": ["sum"], "fields": ""}}
    if panel.kind == "heatmap":
        return {
            "calculate": False, "cellGap": 1, "rowsFrame": {"layout": "auto"}, "legend": {"show": False},
            "color": {"mode": "scheme", "scheme": "Blues", "steps": 64, "reverse": False, "exponent": 0.5},
            "yAxis": {"axisPlacement": "left", "unit": panel.unit, "reverse": False}, "filterValues": {"le": 1e-9},
            "tooltip": {"show": True, "mode": "single", "yHistogram": False}, "exemplars": {"color": "orange"}, "showValue": "never",
        }
    return {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }


def _columns(panel, made):
    """Joins the queries of a table by their labels; keeps the declared columns in their order, with names and units."""
    shown = [name for name, _, _ in panel.columns]
    made["transformations"] = [
        {"id": "merge", "options": {}},
        {"id": "filterFieldsByName", "options": {"include": {"names": shown}}},
        {"id": "organize", "options": {
            "excludeByName": {}, "indexByName": {name: index for index, name in enumerate(shown)},
            "renameByName": {name: title for name, title, _ in panel.columns},
        }},
    ]
    made["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byName", "options": title}, "properties": [{"id": "unit", "value": unit}]}
        for _, title, unit in panel.columns if unit
    ]
