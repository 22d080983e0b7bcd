INSERT INTO erasures (person, asked_by, began_at, ended_at, steps) VALUES
    ('0123456789abcdef', 'ada', '2026-01-01T00:00Z', '2026-01-01T00:01Z', '{"done": {"ledger": {"ids": 2}}}'),
    ('fedcba9876543210', 'ada', '2026-01-02T00:00Z', NULL, '{"failed": {"tables": "busy"}}');
