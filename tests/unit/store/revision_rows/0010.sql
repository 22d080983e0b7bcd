INSERT INTO kept_texts (digest, content) VALUES ('9f86d0', '\x7b7d');
INSERT INTO build_artifacts (build_id, lineage, outcomes) SELECT id, '9f86d0', '9f86d0' FROM builds LIMIT 1;
INSERT INTO lookml_versions (at, files) VALUES ('2026-03-02 10:30:00+00', '{}');
