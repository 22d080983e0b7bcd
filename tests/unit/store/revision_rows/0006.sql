INSERT INTO manifests (digest, body, first_seen_at) VALUES
    ('a1b2', '{"dags":[],"project":"shop"}', '2026-01-01T00:00Z');
INSERT INTO dags (dag_id, manifest, is_paused, is_stale, first_seen_at, unpaused_at, next_dagrun) VALUES
    ('nightly', 'a1b2', false, false, '2026-01-01T00:00Z', '2026-01-02T00:00Z', '2026-01-03T07:00Z'),
    ('by_hand', 'a1b2', true, true, '2026-01-01T00:00Z', '2026-01-01T00:00Z', NULL);
INSERT INTO dag_runs (dag_id, run_id, run_type, state, logical_date, data_interval_start, data_interval_end, queued_at, start_date, end_date, manifest, triggered_by) VALUES
    ('nightly', 'scheduled__2026-01-02T07:00:00+00:00', 'scheduled', 'running', '2026-01-02T07:00Z', '2026-01-02T07:00Z', '2026-01-02T07:00Z', '2026-01-02T07:00Z', '2026-01-02T07:00Z', NULL, 'a1b2', 'scheduler'),
    ('nightly', 'asset_triggered__1', 'asset_triggered', 'failed', NULL, NULL, NULL, '2026-01-02T08:00Z', '2026-01-02T08:00Z', '2026-01-02T08:01Z', 'a1b2', 'load');
INSERT INTO task_instances (dag_id, run_id, task_id, state, try_number, max_tries, queued_at, start_date, end_date, next_retry_at, exit_code, reason, runner, handle, pool, pool_slots) VALUES
    ('nightly', 'scheduled__2026-01-02T07:00:00+00:00', 'build', 'running', 2, 3, '2026-01-02T07:05Z', '2026-01-02T07:05Z', NULL, NULL, NULL, '', 'host-1', '/runs/1', 'default_pool', 1),
    ('nightly', 'scheduled__2026-01-02T07:00:00+00:00', 'publish', NULL, 0, 1, NULL, NULL, NULL, NULL, NULL, '', '', '', 'lake', 2);
INSERT INTO tries (dag_id, run_id, task_id, try_number, state, queued_at, start_date, end_date, exit_code, reason, log, runner, handle) VALUES
    ('nightly', 'scheduled__2026-01-02T07:00:00+00:00', 'build', 1, 'up_for_retry', '2026-01-02T07:00Z', '2026-01-02T07:00Z', '2026-01-02T07:01Z', 1, 'exit 1', 'dag_id=nightly/attempt=1.log', 'host-1', '/runs/0'),
    ('nightly', 'scheduled__2026-01-02T07:00:00+00:00', 'build', 2, 'running', '2026-01-02T07:05Z', '2026-01-02T07:05Z', NULL, NULL, '', 'dag_id=nightly/attempt=2.log', 'host-1', '/runs/1');
INSERT INTO asset_events (asset, at, dag_id, run_id, task_id, try_number) VALUES
    ('lake/shop/orders', '2026-01-02T08:00Z', 'load', 'manual__1', 'sync', 1);
INSERT INTO asset_queue (dag_id, asset, event_id, queued_at) VALUES
    ('nightly', 'lake/shop/orders', 1, '2026-01-02T08:00Z');
INSERT INTO dag_run_assets (dag_id, run_id, event_id) VALUES
    ('nightly', 'asset_triggered__1', 1);
INSERT INTO runners (name, host, machine, pid, born, started_at, heartbeat_at, ended_at) VALUES
    ('host-1', 'host', 'b00t/4026531836', 17, 4711, '2026-01-01T00:00Z', '2026-01-02T07:05Z', NULL),
    ('host-0', 'host', 'b00t/4026531836', 16, 4710, '2025-12-31T00:00Z', '2025-12-31T07:05Z', '2025-12-31T07:06Z');
INSERT INTO runner_lease (id, runner, epoch, until) VALUES
    (1, 'host-1', 2, '2026-01-02T07:07Z');
INSERT INTO alerts (key, at, kind, dag_id, run_id, task_id, try_number, title, body, sent_at, attempts, problem) VALUES
    ('failed/nightly/asset_triggered__1', '2026-01-02T08:01Z', 'failure', 'nightly', 'asset_triggered__1', '', 0, 'nightly failed', 'build: exit 1', '2026-01-02T08:02Z', 1, ''),
    ('late/nightly/2026-01-03', '2026-01-03T08:01Z', 'not_run', 'nightly', '', '', 0, 'nightly did not run', '', NULL, 2, 'no answer');
