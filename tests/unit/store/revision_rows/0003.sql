INSERT INTO upkeep_steps (at, step, subject, files_before, files_after, bytes_before, bytes_after, rows, seconds, problem) VALUES
    ('2026-01-01T00:00Z', 'merge', 'web.pages', 40, 1, 80000, 9000, 1200, 0.05, ''),
    ('2026-01-01T00:01Z', 'expire', '', 120, 100, 0, 0, 0, 0.2, ''),
    ('2026-01-01T00:02Z', 'merge', 'web.users', 40, 40, 80000, 80000, 1200, 0.05, 'another transaction has deleted from it');
