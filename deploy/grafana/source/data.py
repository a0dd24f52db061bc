"""The way of the data: uploads, caches, Cassandra, Redis, Kafka."""

from description import BAD, CALM, CHOSEN, GOOD, WARN, Dashboard, Query, graph, quantiles, row, stat

RATE = f"{{{CHOSEN}}}[$__rate_interval]"
FAULTLESS = "servers that are well make no error"


def rate(metric, by="", legend="", quiet=""):
    return Query(f"sum by ({by}) (rate({metric}{RATE}))" if by else f"sum(rate({metric}{RATE}))", legend, quiet)


DASHBOARD = Dashboard(
    "data", "Data path and cache", "Datasets, the caches in front of them, and the servers behind.",
    rows=(
        row(
            "Now",
            stat("Datasets", "max(martlet_datasets)", "none", "Complete datasets.", 3, steps=((None, CALM),)),
            stat("Stored", "max(martlet_dataset_stored_bytes)", "bytes", "As they were uploaded.", 3,
                 steps=((None, CALM),)),
            stat("Memory hits", 'martlet:cache_hits:ratio5m{level="memory"}', "percentunit",
                 "Share of trials that found their data prepared in the worker's memory.", 3, most=1,
                 steps=((None, WARN), (0.5, GOOD))),
            stat("Shared hits", 'martlet:cache_hits:ratio5m{level="shared"}', "percentunit",
                 "Share of the parts of datasets that Redis had.", 3, most=1, steps=((None, CALM),)),
            stat("Cassandra p95", quantiles("martlet_cassandra_request_duration_seconds", "", "", CHOSEN, (0.95,)), "s",
                 "One request in 20 takes longer.", 3, steps=((None, GOOD), (0.1, WARN), (1, BAD))),
            stat("Redis p95", quantiles("martlet_redis_command_duration_seconds", "", "", CHOSEN, (0.95,)), "s",
                 "One command in 20 takes longer.", 3, steps=((None, GOOD), (0.05, WARN), (0.5, BAD))),
            stat("Stores", Query("martlet:store_up:min", "{{store}}"), "none",
                 "Whether every process reaches the store.", 6,
                 steps=((None, BAD), (1, GOOD)), names=((0, "away", BAD), (1, "up", GOOD))),
        ),
        row(
            "Datasets and caches",
            graph("Uploads", [rate("martlet_dataset_upload_bytes_total", "", "uploaded")], "binBps",
                  "Bytes of tables that users send."),
            graph("Data read by workers", [
                rate("martlet_data_read_bytes_total", "source", "from the {{source}}"),
            ], "binBps",
                  "Parts of datasets, from the shared cache or, where it has them not, from the store.", stack=True),
            graph("Hits", Query("martlet:cache_hits:ratio5m", "{{level}}"), "percentunit",
                  "memory: prepared data in a worker; shared: parts of datasets in Redis. Over 5 minutes.", most=1),
            graph("Requests of caches", [rate("martlet_cache_requests_total", "level, result", "{{level}} {{result}}")],
                  "reqps", "Misses are read from the next level."),
            graph("Memory of caches", Query(f"sum by (level) (martlet_cache_bytes{{{CHOSEN}}})", "{{level}}"), "bytes",
                  "What the caches hold, all processes together."),
            graph("Evictions", [rate("martlet_cache_evictions_total", "level", "{{level}}",
                                     "nothing is thrown out while there is room")], "ops",
                  "Data thrown out to make room; many of them, and few hits, call for more memory."),
        ),
        row(
            "Cassandra",
            graph("Requests", [rate("martlet_cassandra_requests_total", "role, instance", "{{role}} {{instance}}")],
                  "reqps", "By process.", 6, stack=True),
            graph("Time of a request", quantiles(
                "martlet_cassandra_request_duration_seconds", "", "", CHOSEN, (0.5, 0.95, 0.99)), "s",
                  "From sending to the answer.", 6),
            graph("Traffic", [
                rate("martlet_cassandra_sent_bytes_total", "", "sent"),
                rate("martlet_cassandra_received_bytes_total", "", "received"),
            ], "binBps", "Bytes on all connections.", 6),
            graph("Trouble", [
                rate("martlet_cassandra_errors_total", "code", "error {{code}}", FAULTLESS),
                rate("martlet_cassandra_retries_total", "", "retries", FAULTLESS),
                rate("martlet_cassandra_reconnections_total", "", "reconnections", FAULTLESS),
            ], "ops", "Errors that Cassandra told of, requests tried again, connections made anew.", 6),
            graph("Requests in flight", Query(
                f"sum by (instance) (martlet_cassandra_requests_in_flight{{{CHOSEN}}})", "{{instance}}",
                quiet="answers come within milliseconds, between two looks"), "none",
                  "Requests that wait for their answer.", 12),
            graph("Connections", Query(
                f"sum by (role, instance) (martlet_cassandra_connections{{{CHOSEN}}})", "{{role}} {{instance}}"),
                  "none",
                  "Connections that are open.", 12, stack=True),
        ),
        row(
            "Redis",
            graph("Commands", [rate("martlet_redis_commands_total", "role, instance", "{{role}} {{instance}}")], "ops",
                  "By process.", 6, stack=True),
            graph("Time of a command", quantiles(
                "martlet_redis_command_duration_seconds", "", "", CHOSEN, (0.5, 0.95, 0.99)), "s",
                  "From sending to the answer.", 6),
            graph("Traffic", [
                rate("martlet_redis_sent_bytes_total", "", "sent"),
                rate("martlet_redis_received_bytes_total", "", "received"),
            ], "binBps", "Bytes on all connections.", 6),
            graph("Trouble", [
                rate("martlet_redis_errors_total", "", "errors", FAULTLESS),
                rate("martlet_redis_reconnections_total", "", "reconnections", FAULTLESS),
            ], "ops", "A cache that fails counts as empty.", 6),
        ),
        row(
            "Kafka",
            graph("Messages", [
                rate("martlet_kafka_messages_sent_total", "role", "{{role}} sent"),
                rate("martlet_kafka_messages_received_total", "role", "{{role}} received"),
            ], "suffix: /s", "Trials, results, progress, and what workers say of themselves."),
            graph("Traffic", [
                rate("martlet_kafka_sent_bytes_total", "", "sent"),
                rate("martlet_kafka_received_bytes_total", "", "received"),
            ], "binBps", "Bytes of messages."),
            graph("Time until a message is kept", quantiles(
                "martlet_kafka_delivery_duration_seconds", "", "", CHOSEN, (0.5, 0.95)), "s",
                  "From sending to the brokers' word that it is safe."),
            graph("Messages behind", Query("martlet:queue_lag_messages:max", "{{topic}}"), "none",
                  "Messages of each queue that nobody has taken yet."),
            graph("Round trip", Query(
                f"max by (broker) (martlet_kafka_broker_round_trip_seconds{{{CHOSEN}}})", "broker {{broker}}"), "s",
                  "Mean of the producers' requests to each broker, within 10 s; of the slowest process."),
            graph("Trouble", [
                rate("martlet_kafka_errors_total", "code", "error {{code}}", FAULTLESS),
                rate("martlet_kafka_retries_total", "", "retries", FAULTLESS),
                rate("martlet_kafka_request_timeouts_total", "broker", "time-outs of broker {{broker}}", FAULTLESS),
                rate("martlet_queue_rebalances_total", "group", "rebalances of {{group}}",
                     "groups are balanced anew only when a process comes or goes"),
                Query("count(max by (broker) (martlet_kafka_broker_up) == 0)", "brokers down", FAULTLESS),
            ], "ops", "Errors, repeated requests, and groups that share their partitions anew."),
        ),
    ))
