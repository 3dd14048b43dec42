-- Nine incidents to look at: prometheus 5 (4 open, 1 resolved), multi-test-server 1 open, db-monitor 1 resolved,
-- node-exporter 1 acknowledged, rebuilt-test 1 resolved. The one of db-monitor was acknowledged after 330 s and
-- resolved after 4500 s. The tokens are examples and open nothing.

INSERT INTO incidents
    (id, title, severity, source, description, status, labels, assigned_to, ack_token, resolve_token,
     created_at, updated_at, acknowledged_at, resolved_at)
VALUES
    ('00000000-0000-4000-8000-000000000001', 'Too many slow queries on orders-db', 'critical', 'db-monitor',
     'p99 of the orders database above 2 s', 'resolved', '{"alertname": "DBSlowQuery", "db_name": "orders-db"}',
     'amira', 'example-ack-1', 'example-resolve-1',
     '2026-02-09T08:00:00Z', '2026-02-09T09:15:00Z', '2026-02-09T08:05:30Z', '2026-02-09T09:15:00Z'),
    ('00000000-0000-4000-8000-000000000002', 'Scrape of mock-metrics failed', 'medium', 'prometheus',
     'Three scrapes in a row gave no answer', 'resolved', '{"alertname": "PrometheusScrapeFailed"}',
     'jonas', 'example-ack-2', 'example-resolve-2',
     '2026-02-09T10:12:41Z', '2026-02-09T10:58:05Z', '2026-02-09T10:20:11Z', '2026-02-09T10:58:05Z'),
    ('00000000-0000-4000-8000-000000000003', 'Service down after the rebuild', 'high', 'rebuilt-test',
     'The container answered 502 for eleven minutes', 'resolved', '{"alertname": "ServiceDown"}',
     'amira', 'example-ack-3', 'example-resolve-3',
     '2026-02-09T13:30:02Z', '2026-02-09T13:52:32Z', '2026-02-09T13:33:17Z', '2026-02-09T13:52:32Z'),
    ('00000000-0000-4000-8000-000000000004', 'Disk of node-3 almost full', 'high', 'node-exporter',
     '/data is filled to 84 %', 'acknowledged', '{"alertname": "DiskAlmostFull", "device": "sda"}',
     'jonas', 'example-ack-4', 'example-resolve-4',
     '2026-02-09T16:44:20Z', '2026-02-09T16:59:20Z', '2026-02-09T16:59:20Z', NULL),
    ('00000000-0000-4000-8000-000000000005', 'High memory usage on mock-app-1', 'critical', 'prometheus',
     'Resident memory above the threshold for ten minutes', 'open', '{"alertname": "HighMemoryUsage"}',
     NULL, 'example-ack-5', 'example-resolve-5',
     '2026-02-10T03:05:00Z', '2026-02-10T03:05:00Z', NULL, NULL),
    ('00000000-0000-4000-8000-000000000006', 'High CPU usage on mock-app-1', 'high', 'prometheus',
     'CPU above 90 % for five minutes', 'open', '{"alertname": "HighCPUUsage"}',
     NULL, 'example-ack-6', 'example-resolve-6',
     '2026-02-10T03:41:30Z', '2026-02-10T03:41:30Z', NULL, NULL),
    ('00000000-0000-4000-8000-000000000007', 'Several servers report high latency', 'medium', 'multi-test-server',
     'Two of three servers answer slower than 500 ms', 'open', '{"alertname": "HighLatency"}',
     NULL, 'example-ack-7', 'example-resolve-7',
     '2026-02-10T04:02:10Z', '2026-02-10T04:02:10Z', NULL, NULL),
    ('00000000-0000-4000-8000-000000000008', 'Target node-exporter is down', 'high', 'prometheus',
     'up == 0 for two minutes', 'open', '{"alertname": "PrometheusTargetDown"}',
     NULL, 'example-ack-8', 'example-resolve-8',
     '2026-02-10T04:30:00Z', '2026-02-10T04:30:00Z', NULL, NULL),
    ('00000000-0000-4000-8000-000000000009', 'Too many series in the head block', 'low', 'prometheus',
     'prometheus_tsdb_head_series above its threshold', 'open', '{"alertname": "PrometheusTSDBHighSeries"}',
     NULL, 'example-ack-9', 'example-resolve-9',
     '2026-02-10T05:10:45Z', '2026-02-10T05:10:45Z', NULL, NULL);

INSERT INTO alerts (id, source, severity, title, description, labels, received_at)
VALUES
    ('00000000-0000-4000-9000-000000000001', 'db-monitor', 'critical', 'DBSlowQuery',
     'mock_db_slow_queries_total rises', '{"db_name": "orders-db"}', '2026-02-09T07:59:58Z'),
    ('00000000-0000-4000-9000-000000000002', 'db-monitor', 'high', 'DBHighLockTime',
     'mock_db_high_lock_time_seconds above 5', '{"db_name": "orders-db"}', '2026-02-09T08:01:12Z'),
    ('00000000-0000-4000-9000-000000000003', 'node-exporter', 'high', 'DiskAlmostFull',
     'mock_disk_usage_percent above 80', '{"device": "sda"}', '2026-02-09T16:44:18Z'),
    ('00000000-0000-4000-9000-000000000004', 'prometheus', 'critical', 'HighMemoryUsage',
     'mock_high_memory_usage_bytes above the threshold', '{"instance": "mock-app-1"}', '2026-02-10T03:04:58Z');

INSERT INTO incident_alerts (alert_id, incident_id, linked_at)
VALUES
    ('00000000-0000-4000-9000-000000000001', '00000000-0000-4000-8000-000000000001', '2026-02-09T08:00:00Z'),
    ('00000000-0000-4000-9000-000000000002', '00000000-0000-4000-8000-000000000001', '2026-02-09T08:01:12Z'),
    ('00000000-0000-4000-9000-000000000003', '00000000-0000-4000-8000-000000000004', '2026-02-09T16:44:20Z'),
    ('00000000-0000-4000-9000-000000000004', '00000000-0000-4000-8000-000000000005', '2026-02-10T03:05:00Z');
