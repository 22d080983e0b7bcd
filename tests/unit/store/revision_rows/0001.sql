INSERT INTO users (id, login, role, password_hash, created_at, last_login_at, disabled_at) VALUES
    ('00000000-0000-0000-0000-000000000001', 'Ada@example.org', 'admin', '$argon2id$…', '2026-01-01T00:00Z', '2026-01-02T00:00Z', NULL),
    ('00000000-0000-0000-0000-000000000002', 'bob', 'viewer', NULL, '2026-01-01T00:00Z', NULL, '2026-01-03T00:00Z');
INSERT INTO sessions (id, user_id, token_hash, created_at, last_seen_at, expires_at, address, user_agent) VALUES
    ('00000000-0000-0000-0000-000000000011', '00000000-0000-0000-0000-000000000001', '\x01', '2026-01-01T00:00Z', '2026-01-01T01:00Z', '2026-01-15T00:00Z', '192.0.2.7', 'Firefox');
INSERT INTO api_tokens (id, user_id, name, token_hash, role, created_at, expires_at, last_used_at, revoked_at) VALUES
    ('00000000-0000-0000-0000-000000000021', '00000000-0000-0000-0000-000000000001', 'ci', '\x02', 'explorer', '2026-01-01T00:00Z', NULL, NULL, NULL);
INSERT INTO one_time_links (id, user_id, token_hash, purpose, created_at, expires_at, used_at) VALUES
    ('00000000-0000-0000-0000-000000000031', '00000000-0000-0000-0000-000000000002', '\x03', 'password', '2026-01-01T00:00Z', '2026-01-02T00:00Z', NULL);
INSERT INTO login_attempts (id, subject, at) VALUES
    ('00000000-0000-0000-0000-000000000041', '\x04', '2026-01-01T00:00Z');
INSERT INTO audit_log (at, actor_id, actor, address, action, target, details) VALUES
    ('2026-01-01T00:00Z', '00000000-0000-0000-0000-000000000001', 'Ada@example.org', '192.0.2.7', 'user.role', 'bob', '{"to": "viewer"}');
