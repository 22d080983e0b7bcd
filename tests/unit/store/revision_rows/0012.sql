INSERT INTO api_accounts (account, held_until, remaining, total, resets_at, observed_at)
VALUES ('zendesk:acme', '2026-11-23 07:00:10+00', 380, 400, '2026-11-23 07:01:00+00', '2026-11-23 07:00:00+00');
INSERT INTO api_calls (account, limit_name, slot, calls) VALUES ('zendesk:acme', 'minute', 29660820, 3);
INSERT INTO sync_runs (connector, kind, asked, began_at, ended_at, state, problem)
VALUES ('helpdesk', 'zendesk', 'incremental', '2026-11-23 07:00:00+00', '2026-11-23 07:00:12+00', 'partial', '');
INSERT INTO sync_streams
    (run_id, stream, state, began_at, ended_at, rows, deleted, bytes, calls, repeats, waited_seconds,
    quota_remaining, complete_through, problem)
SELECT id, 'tickets', 'failed', began_at, ended_at, 12, 1, 34567, 3, 1, 1.5, 380, NULL, 'away'
FROM sync_runs LIMIT 1;
INSERT INTO sync_schema_changes (run_id, connector, stream, at, change, column_name, column_type)
SELECT id, connector, 'tickets', began_at, 'new_column', 'ticket.colour', 'string' FROM sync_runs LIMIT 1;
