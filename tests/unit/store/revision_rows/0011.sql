INSERT INTO cohorts
    (name, title, owner, unit, model, explores, is_dynamic, definition, pick, asking, made_at, as_of, size)
VALUES
    ('left', 'Left', 'ada', 'person', 'shop', '{events}', true, '{"type": "funnel"}', '{"step": 1}', '{}',
     '2026-03-02 10:30:00+00', '2026-03-02 10:30:00+00', 1);
INSERT INTO cohort_counts (cohort, as_of, size, entered, left_it, seconds)
VALUES ('left', '2026-03-02 10:30:00+00', 1, 1, 0, 0.5);
INSERT INTO cohort_members (cohort, id, since) VALUES ('left', 'per_1', '2026-03-02 10:30:00+00');
