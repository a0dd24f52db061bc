"""How the HTTP API answers, and what it predicts."""

from description import (
    BAD, CALM, CHOSEN, GOOD, WARN, Dashboard, Query, Variable, graph, heatmap, quantiles, row, stat, table)

CHOSEN = CHOSEN + ',route=~"$route"'
REQUESTS = f"martlet_http_requests_total{{{CHOSEN}}}[$__rate_interval]"
BUCKETS = f"martlet_http_request_duration_seconds_bucket{{{CHOSEN}}}[$__rate_interval]"

DASHBOARD = Dashboard(
    "api", "API", "Requests, their time and their errors; uploads and predictions.",
    variables=Dashboard("", "", "", ()).variables + (Variable("route", "martlet_http_requests_total", "route"),),
    rows=(
        row(
            "Now",
            stat("Requests", f"sum(rate({REQUESTS}))", "reqps", "Of the chosen routes.", 4, steps=((None, CALM),)),
            stat("Errors", Query("martlet:http_errors:ratio5m", quiet="the API of a sound cluster makes no error"),
                 "percentunit", "Share of all requests of 5 minutes answered with a status of 500 or more.", 4, most=1,
                 steps=((None, GOOD), (0.01, WARN), (0.05, BAD))),
            stat("Time of a request, p95", f"histogram_quantile(0.95, sum by (le) (rate({BUCKETS})))", "s",
                 "One request in 20 takes longer.", 4, steps=((None, GOOD), (0.5, WARN), (2, BAD))),
            stat("In flight", "sum(martlet_http_requests_in_flight)", "none",
                 "Requests that are being answered, event streams included.", 4, steps=((None, CALM),)),
            stat("Rows predicted", "sum(rate(martlet_predictions_total[$__rate_interval]))", "suffix: /s",
                 "Through the API.", 4, steps=((None, CALM),)),
            stat("Uploads", 'sum(martlet_dataset_uploads_total{outcome="stored"})', "none",
                 "Tables stored since the masters were started.", 4, steps=((None, CALM),)),
        ),
        row(
            "Requests",
            graph("Requests by route", Query(f"sum by (route) (rate({REQUESTS}))", "{{route}}"), "reqps",
                  "“none” has no route, “site” is the web UI.", stack=True),
            graph("Requests by status", Query(f"sum by (status) (rate({REQUESTS}))", "{{status}}"), "reqps",
                  "4xx is the client's fault, 5xx the server's.", stack=True),
            graph("Errors", Query(
                f"sum by (route, status) (rate(martlet_http_requests_total{{{CHOSEN},"
                'status=~"5.."}[$__rate_interval]))',
                "{{status}} {{route}}", "the API of a sound cluster makes no error"), "reqps",
                  "Requests answered with a status of 500 or more."),
            graph("Time of a request", [
                Query(f"histogram_quantile({share}, sum by (le) (rate({BUCKETS})))", f"p{share * 100:g}")
                for share in (0.5, 0.95, 0.99)
            ], "s", "Of the chosen routes; event streams are left out."),
            graph("Time by route, p95", Query(
                f"histogram_quantile(0.95, sum by (le, route) (rate({BUCKETS})))", "{{route}}"), "s",
                  "One request of the route in 20 takes longer."),
            heatmap("Times of requests", Query(f"sum by (le) (increase({BUCKETS}))", "{{le}}"), "s",
                    "How many requests took how long: the darker, the more."),
        ),
        row(
            "Routes",
            table("Routes", [
                Query(f"sum by (method, route) (rate({REQUESTS}))"),
                Query("histogram_quantile(0.95, sum by (le, method, route) (rate("
                      f"martlet_http_request_duration_seconds_bucket{{{CHOSEN}}}[$__range])))"),
                Query(f"sum by (method, route) (increase(martlet_http_requests_total{{{CHOSEN}}}[$__range]))"),
            ], (
                ("method", "Method", ""), ("route", "Route", ""), ("Value #C", "Requests", "short"),
                ("Value #A", "Requests now", "reqps"), ("Value #B", "p95", "s"),
            ), "Over the time shown; the rate is the present one.", 24),
        ),
        row(
            "Predictions and uploads",
            graph("Rows predicted", Query(
                "sum by (mode) (rate(martlet_predictions_total[$__rate_interval]))", "{{mode}}"),
                  "suffix: /s", "rows: sent as JSON; file: a table sent whole.", stack=True),
            graph("Time of a prediction", quantiles("martlet_prediction_duration_seconds", "mode", "{{mode}}"), "s",
                  "Of a request, however many rows it has."),
            graph("Uploads", Query(
                "sum by (outcome) (increase(martlet_dataset_uploads_total[$__rate_interval]))", "{{outcome}}",
                "the first upload makes the counter, and a counter has to be there to be seen growing"), "none",
                  "Stored; refused for what is in them; failed on the way.", stack=True),
        ),
    ))
