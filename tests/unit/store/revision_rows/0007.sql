INSERT INTO builds (command, asked_by, started_at, finished_at, success, run) VALUES
    ('{build,--select,file:orders.sql}', 'ada', '2026-01-02 03:00:00Z', '2026-01-02 03:01:00Z', true,
     'transform/scheduled__2026-01-02T03:00:00+00:00');
INSERT INTO dbt_projects (digest, nodes) VALUES
    ('5891b5b5', '{"model.shop.orders": {"selector": "orders", "parents": []}}');
INSERT INTO build_coverage (build_id, project, good, bad)
    SELECT max(id), '5891b5b5', '{model.shop.orders}', '{}' FROM builds;
