//! What the gateway stands between: a PostgreSQL with many incidents, a Prometheus, and the simulator that it scrapes.

use std::{
    env,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process,
    time::Duration,
};

use lab::{LabError, Postgres, Program, Prometheus, Target, free_port};
use tempfile::TempDir;

use crate::Outcome;

const PREFIX: &str = "service-metrics-bench-";

/// Incidents of ninety days, one every 78 s by one of twenty services. All that differs between rows is made from the
/// row's number, so that each run measures the same.
const INCIDENTS: &str = "
TRUNCATE incidents, incident_alerts;
INSERT INTO incidents (id, title, severity, source, description, status, labels, assigned_to, ack_token, resolve_token,
                       created_at, updated_at, acknowledged_at, resolved_at)
SELECT md5(n::text)::uuid,
       (ARRAY['High memory usage', 'Disk nearly full', 'Too many slow queries', 'Error rate above 5 %',
              'Certificate expires soon'])[1 + dice / 12000 % 5] || ' on node-' || dice / 60000 % 400 || '.eu-west.example.org',
       (ARRAY['critical', 'high', 'medium', 'low', 'warning', 'info'])[1 + dice / 2000 % 6],
       'service-' || lpad((dice / 100 % 20 + 1)::text, 2, '0'),
       'Value above the threshold for five minutes; see the runbook.',
       status, '{\"team\": \"platform\", \"region\": \"eu-west\"}', NULL, 'a' || md5(n::text), 'r' || md5(n::text),
       created, created,
       CASE WHEN status <> 'open' THEN created + (30 + dice % 900) * interval '1 s' END,
       CASE WHEN status IN ('resolved', 'closed') THEN created + (1000 + dice % 9000) * interval '1.25 s' END
FROM (SELECT n, dice, date_trunc('second', now()) - interval '4 h' - n * interval '78 s' AS created,
             CASE WHEN dice % 100 < 10 THEN 'open' WHEN dice % 100 < 15 THEN 'acknowledged'
                  WHEN dice % 100 < 75 THEN 'resolved' ELSE 'closed' END AS status
      FROM (SELECT n, abs(hashint4(n)::bigint) AS dice FROM generate_series(1, 100000) AS n) AS numbers) AS rows";

/// The servers, with their files in a folder that goes with them.
pub(crate) struct Platform {
    pub(crate) postgres: Postgres,
    prometheus: Prometheus,
    _mock: Program,
    /// Last, so that it is removed when the servers have ended.
    folder: TempDir,
}

impl Platform {
    pub(crate) async fn start() -> Outcome<Self> {
        remove_what_dead_runs_left();
        // User `postgres` must reach it.
        let folder = tempfile::Builder::new()
            .prefix(&format!("{PREFIX}{}-", process::id()))
            .permissions(Permissions::from_mode(0o755))
            .tempdir()?;
        let postgres = Postgres::start(&folder.path().join("postgres"), 0).await?;
        postgres.execute(INCIDENTS).await?;
        // As autovacuum would leave the table: without it, index-only scans look into the table all the same.
        postgres.execute("VACUUM ANALYZE incidents").await?;
        let mock = Program::mock(folder.path(), free_port()?, &[]).await?;
        let targets = [Target::mock(format!("127.0.0.1:{}", mock.port()))];
        let (files, interval) = (folder.path().join("prometheus"), Duration::from_secs(5));
        let prometheus = Prometheus::start(&files, 0, &targets, interval).await?;
        Ok(Self {
            postgres,
            prometheus,
            _mock: mock,
            folder,
        })
    }

    /// A gateway with its defaults, but for how long it shares an answer if that is given.
    pub(crate) async fn gateway(
        &self,
        port: u16,
        share_seconds: Option<&str>,
    ) -> Result<Program, LabError> {
        let share = share_seconds.map(|seconds| {
            (
                "SERVICE_METRICS__INCIDENTS__SHARE_SECONDS",
                seconds.to_owned(),
            )
        });
        self.gateway_before(self.prometheus.url(), port, share)
            .await
    }

    /// A gateway before another Prometheus, at which it looks only when it is told to.
    pub(crate) async fn told_gateway(&self, prometheus: String) -> Outcome<Program> {
        let never = ("POLL_INTERVAL", "3600000".to_owned());
        let gateway = self.gateway_before(prometheus, free_port()?, Some(never));
        Ok(gateway.await?)
    }

    async fn gateway_before(
        &self,
        prometheus: String,
        port: u16,
        more: Option<(&'static str, String)>,
    ) -> Result<Program, LabError> {
        let mut environment = vec![
            ("SERVICE_METRICS__SERVER__HOST", "127.0.0.1".to_owned()),
            ("PROMETHEUS_URL", prometheus),
            ("DATABASE_URL", self.postgres.url()),
            // All of the load comes from one address.
            (
                "SERVICE_METRICS__DATABASE__MAX_QUERIES_PER_ADDRESS",
                "0".to_owned(),
            ),
            (
                "SERVICE_METRICS__SERVER__MAX_CONNECTIONS_PER_ADDRESS",
                "0".to_owned(),
            ),
            (
                "SERVICE_METRICS__WEBSOCKET__MAX_SESSIONS_PER_ADDRESS",
                "0".to_owned(),
            ),
        ];
        environment.extend(more);
        Program::gateway(self.folder.path(), port, &environment).await
    }
}

/// A run that was interrupted has had no time for it.
fn remove_what_dead_runs_left() {
    for entry in fs::read_dir(env::temp_dir())
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        let pid = rest.and_then(|rest| rest.split('-').next());
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            // Refused: somebody else's.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
