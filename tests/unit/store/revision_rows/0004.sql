INSERT INTO query_texts (hash, text, last_run_at) VALUES
    ('a1b2c3d4e5f60718', 'SELECT count(*) FROM lake.web.pages', '2026-01-01T00:00Z');
INSERT INTO query_runs (at, via, login, page, dashboard, tile, model, explore, hash, rows, bytes, seconds, cached, error) VALUES
    ('2026-01-01T00:00Z', 'web', 'ann@example.org', '/dashboards/health/tiles/visitors', 'health', 'visitors', 'company', 'visits', 'a1b2c3d4e5f60718', 1, 8, 0.02, false, NULL),
    ('2026-01-01T00:01Z', 'command line', NULL, 'mainstem sql', NULL, NULL, NULL, NULL, 'a1b2c3d4e5f60718', NULL, NULL, 0.5, false, 'no such column');
