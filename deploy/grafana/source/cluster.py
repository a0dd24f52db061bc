"""What the cluster is and what it uses."""

from description import BAD, CALM, CHOSEN, GOOD, WARN, Dashboard, Query, bars, graph, row, stat, table

DASHBOARD = Dashboard(
    "cluster", "Cluster resources", "Masters, workers and their slots; what each process uses; how the stores answer.",
    rows=(
        row(
            "Now",
            stat("Masters", 'count(up{job="martlet",role=~"master|serve"} == 1)', "none",
                 "Processes with an API that answer.", 3, steps=((None, BAD), (1, GOOD))),
            stat("Workers", "max(martlet_workers)", "none", "Workers that tell the masters what they do.", 3,
                 steps=((None, BAD), (1, GOOD))),
            stat("Slots busy", "martlet:slots_busy:ratio", "percentunit",
                 "Share of the slots that train; with all busy and trials waiting, more workers make it faster.", 3,
                 most=1, steps=((None, CALM),)),
            stat("Experiments under way", 'max(martlet_experiments{state="running"})', "none",
                 "Experiments that run.", 3, steps=((None, CALM),)),
            stat("Alerts", Query(
                'count(ALERTS{alertstate="firing",alertname=~"Martlet.*"}) or vector(0)',
                quiet="no alert fires in a sound cluster"), "none",
                 "Alerts of Martlet that fire.", 3, steps=((None, GOOD), (1, BAD))),
            stat("Stores", Query("martlet:store_up:min", "{{store}}"), "none",
                 "Whether every process reaches the store.", 9,
                 steps=((None, BAD), (1, GOOD)), names=((0, "away", BAD), (1, "up", GOOD))),
        ),
        row(
            "Training",
            graph("Slots", [Query("max(martlet_slots)", "slots"), Query("max(martlet_slots_busy)", "busy")], "none",
                  "Trials that all workers can train at a time, and that they train."),
            graph("Busy slots of each worker", Query(
                f"martlet_worker_slots_busy{{{CHOSEN}}}", "{{instance}}"), "none",
                  "Trials that each worker trains now. A worker that is gone has no line.", stack=True),
            graph("Trials ended by each worker", Query(
                f"sum by (instance) (rate(martlet_worker_trials_total{{{CHOSEN}}}[$__rate_interval])) * 60",
                "{{instance}}"), "suffix: /min", "Trials that each worker brought to an end, with or without a score.",
                  stack=True),
        ),
        row(
            "Processes",
            graph("Processors", Query(
                f'rate(process_cpu_seconds_total{{job="martlet",{CHOSEN}}}[$__rate_interval])',
                "{{role}} {{instance}}"),
                  "suffix: cores", "Processor time used per second."),
            graph("Memory", Query(
                f'process_resident_memory_bytes{{job="martlet",{CHOSEN}}}', "{{role}} {{instance}}"), "bytes",
                  "Resident memory."),
            graph("Threads", Query(f'process_threads{{job="martlet",{CHOSEN}}}', "{{role}} {{instance}}"), "none",
                  "Threads of each process."),
            graph("Open files", Query(
                f'process_open_fds{{job="martlet",{CHOSEN}}} / process_max_fds{{job="martlet",{CHOSEN}}}',
                "{{role}} {{instance}}"), "percentunit",
                  "Share of the file descriptors in use that a process may have; near 100 % it takes no connection."),
            bars("Disk in use", Query(
                f"1 - martlet_disk_free_bytes{{{CHOSEN}}} / martlet_disk_size_bytes{{{CHOSEN}}}",
                "{{volume}} of {{instance}}"), "percentunit",
                 "Of the disks that hold data and uploads.", most=1, steps=((None, CALM), (0.9, WARN), (0.97, BAD))),
            graph("Messages in the log", Query(
                f"sum by (level) (rate(martlet_log_messages_total{{{CHOSEN}}}[$__rate_interval])) * 60", "{{level}}",
                quiet="processes that are started before the first look have said what they had to say"),
                  "suffix: /min", "By level; warnings and errors say what was wrong in the process's log.", stack=True),
        ),
        row(
            "Who is there",
            table("Processes", [
                Query(
                    f"(time() - process_start_time_seconds{{{CHOSEN}}})"
                    f" * on (job, role, instance) group_left (version) martlet_build_info{{{CHOSEN}}}"),
                Query(f'sum by (job, role, instance, version) (process_virtual_memory_bytes{{job="martlet",{CHOSEN}}}'
                      f" * on (job, role, instance) group_left (version) martlet_build_info{{{CHOSEN}}})"),
            ], (
                ("role", "Role", ""), ("instance", "Instance", ""), ("version", "Version", ""),
                ("Value #A", "Running for", "dtdurations"), ("Value #B", "Virtual memory", "bytes"),
            ), "Every process that answers, its version and how long it has run.", 14),
            graph("Workers that are ready", [
                Query("sum(martlet_worker_ready)", "ready"), Query("sum(martlet_worker_slots)", "their slots"),
            ], "none", "As the workers say it themselves.", 10),
        ),
    ))
