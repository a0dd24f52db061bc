"""How experiments and their trials come along."""

from description import BAD, CALM, GOOD, WARN, Dashboard, Query, Variable, bars, graph, quantiles, row, stat

OF = 'experiment=~"$experiment"'
RATE = "[$__rate_interval]"

DASHBOARD = Dashboard(
    "training", "Training progress", "Experiments under way, their trials, and what trials take.",
    variables=(Variable("experiment", "martlet_experiment_progress_ratio", "experiment"),),
    rows=(
        row(
            "Now",
            stat("Running", 'max(martlet_experiments{state="running"})', "none", "Experiments that run.", 3,
                 steps=((None, CALM),)),
            stat("Queued", Query(
                'max(martlet_experiments{state="queued"})', quiet="a lone experiment starts at once"), "none",
                 "Experiments that wait for their turn.", 3, steps=((None, CALM), (10, WARN))),
            stat("Completed", 'max(martlet_experiments{state="completed"})', "none", "Experiments that are done.", 3,
                 steps=((None, CALM),)),
            stat("Trials in training", "sum(martlet_trials_given_out)", "none", "Trials given out to workers.", 3,
                 steps=((None, CALM),)),
            stat("Trials waiting", "sum(martlet_trials_waiting)", "none",
                 "Trials proposed that no worker has begun.", 3, steps=((None, CALM),)),
            stat("Trials ended", f"sum(rate(martlet_trials_finished_total{RATE})) * 60", "suffix: /min",
                 "With or without a score.", 3, steps=((None, CALM),)),
            stat("Trials failed", Query("martlet:trials_failed:ratio15m", quiet="no trial of a sound table fails"),
                 "percentunit", "Share of the trials that ended within 15 minutes.", 3, most=1,
                 steps=((None, GOOD), (0.05, WARN), (0.2, BAD))),
            stat("Given up", Query("sum(martlet_dead_letters_total)", quiet="no trial is begun three times in vain"),
                 "none", "Dead letters: trials begun three times that never ended.", 3, steps=((None, GOOD), (1, BAD))),
        ),
        row(
            "Experiments",
            graph("Progress", Query(
                f"max by (experiment) (martlet_experiment_progress_ratio{{{OF}}})", "{{experiment}}"), "percentunit",
                  "How much of its budget each experiment has used.", most=1),
            graph("Best score", Query(
                f"max by (experiment, metric) (martlet_experiment_best_score{{{OF}}})", "{{experiment}} {{metric}}"),
                  "none", "The best trial's score so far, in the experiment's own metric.", least=None),
            graph("Trials by state", Query(
                f"sum by (state) (max by (experiment, state) (martlet_experiment_trials{{{OF}}}))", "{{state}}"),
                  "none", "Trials of the experiments under way.", stack=True),
        ),
        row(
            "Trials",
            graph("Trials ended", Query(
                f"sum by (learner) (rate(martlet_trials_finished_total{RATE})) * 60", "{{learner}}"), "suffix: /min",
                  "Ended trials of each learner, as their coordinators kept them.", stack=True),
            graph("Queue", [
                Query("sum(martlet_trials_waiting)", "waiting"), Query("sum(martlet_trials_given_out)", "given out"),
                Query("max(martlet_slots_busy)", "busy slots"), Query("max(martlet_slots)", "slots"),
            ], "none", "Trials that wait and are given out, beside the slots that train them."),
            graph("Time of a trial", quantiles("martlet_trial_duration_seconds", "learner", "{{learner}}"), "s",
                  "Half of the trials take up to p50, one in 20 takes longer than p95."),
        ),
        row(
            "Learners",
            bars("Trials of each learner", Query("sum by (learner) (martlet_trials_finished_total)", "{{learner}}"),
                 "none", "Since the masters were started."),
            bars("Mean time of a trial", Query(
                "sum by (learner) (martlet_trial_duration_seconds_sum)"
                " / (sum by (learner) (martlet_trial_duration_seconds_count) > 0)", "{{learner}}"), "s",
                 "Since the workers were started."),
            graph("Memory of a trial", quantiles(
                "martlet_trial_expected_memory_bytes", "", "expected", shares=(0.95,)) + quantiles(
                "martlet_trial_peak_memory_bytes", "", "measured", shares=(0.95,),
                quiet="memory is measured only while a trial is alone in its process"), "bytes",
                  "What trials are expected to need, by which workers are chosen, and what they were seen to need."),
        ),
        row(
            "Ends",
            graph("Experiments ended", Query(
                f"sum by (state) (increase(martlet_experiments_finished_total{RATE}))", "{{state}}",
                quiet="the first end of a state makes the counter, and a counter has to be there to be seen growing"),
                  "none", "By how they ended.", stack=True),
            graph("Behind the deadline", Query(
                f"histogram_quantile(1, sum by (le) (rate(martlet_experiment_deadline_overrun_seconds_bucket{RATE})))",
                "the latest", quiet="experiments with a budget in trials have no deadline"), "s",
                  "How long after their time budget experiments ended."),
            graph("Messages behind", Query("martlet:queue_lag_messages:max", "{{topic}}"), "none",
                  "Messages of each queue that nobody has taken yet."),
        ),
    ))
