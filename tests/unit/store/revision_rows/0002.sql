INSERT INTO builds (command, asked_by, started_at, finished_at, success, partial, models, tests, failures, snapshot, consequence) VALUES
    ('{build}', 'ada', '2026-01-01T00:00Z', '2026-01-01T00:01Z', true, '', 10, 31, '{}', 120, 'published'),
    ('{build,--select,m}', 'ada', '2026-01-02T00:00Z', '2026-01-02T00:01Z', false, '9 were not selected', 0, 1, '{"test t fail"}', 130, 'not published'),
    ('{build}', 'demo', '2026-01-03T00:00Z', NULL, NULL, '', 0, 0, '{}', NULL, '');
INSERT INTO publications (build_id, published_at, published_by, reason, hold) VALUES
    (1, '2026-01-01T00:01Z', 'ada', 'build', false),
    (1, '2026-01-04T00:00Z', 'bob', 'rollback', true);
