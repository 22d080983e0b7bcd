INSERT INTO alert_deliveries
    (key, target, due_at, attempts, message, begun_at, sent_at, given_up_at, problem)
SELECT key, 'team', '2026-11-23 07:00:10+00', 1, '5f1c', '2026-11-23 07:00:11+00', '2026-11-23 07:00:12+00', NULL,
    ''
FROM alerts LIMIT 1;
INSERT INTO alert_watch (id, since, looked_at)
VALUES (1, '2026-11-20 12:00:00+00', '2026-11-23 07:00:00+00');
