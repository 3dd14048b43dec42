//! One client does not starve the database for all: it has a share of the pool, and one summary runs at a time.

use futures_util::future::{join, join_all, join3};
use tokio_postgres::Client;

use crate::support::{
    eventually,
    incidents_app::{TestApp, options},
    postgres::Postgres,
};

const ONE: &str = "192.0.2.1";
const OTHER: &str = "192.0.2.2";
/// Of sixty questions of one client, when two run and 32 wait.
const REFUSED: f64 = 26.0;

/// A database whose `acknowledged_at`, which `by-service` does not read, is not answered while the test holds a lock.
struct Held {
    name: String,
    /// Holds the lock.
    holder: Client,
    admin: Client,
}

impl Held {
    async fn start() -> Self {
        let postgres = Postgres::shared().await;
        let name = postgres.database().await;
        let admin = postgres.client("postgres", &name).await;
        let view = "ALTER TABLE incidents RENAME TO tickets; \
            CREATE FUNCTION when_unlocked(timestamptz) RETURNS timestamptz STABLE LANGUAGE plpgsql AS \
                'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN $1; END'; \
            CREATE VIEW incidents AS SELECT id, title, severity, source, status, created_at, \
                when_unlocked(acknowledged_at) AS acknowledged_at, resolved_at FROM tickets; \
            GRANT SELECT ON incidents TO metrics_reader";
        admin.batch_execute(view).await.unwrap();
        let holder = postgres.client("postgres", &name).await;
        Self {
            name,
            holder,
            admin,
        }
    }

    /// A gateway that has found the database; with a share of two, and patience enough for a busy machine.
    async fn gateway(&self) -> TestApp {
        let postgres = Postgres::shared().await;
        let mut options = options(postgres.config("metrics_reader", &self.name));
        options.database.acquire_timeout = std::time::Duration::from_secs(12);
        options.database.query_timeout = std::time::Duration::from_secs(12);
        // No check in between: it would wait for the lock as well.
        options.check_interval = std::time::Duration::from_secs(600);
        options.queries_per_address = 2;
        let app = TestApp::start(&options);
        eventually("the database is found", async || {
            app.database_status().await.ok.then_some(())
        })
        .await;
        app
    }

    async fn lock(&self) {
        let lock = "SELECT pg_advisory_lock(1)";
        self.holder.batch_execute(lock).await.unwrap();
    }

    async fn unlock(&self) {
        let unlock = "SELECT pg_advisory_unlock(1)";
        self.holder.batch_execute(unlock).await.unwrap();
    }

    /// Waits until this many questions wait for the lock.
    async fn waiting(&self, number: i64) {
        eventually(&format!("{number} wait for the lock"), async || {
            (self.number_waiting().await == number).then_some(())
        })
        .await;
    }

    async fn number_waiting(&self) -> i64 {
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory' \
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        self.admin.query_one(waiting, &[]).await.unwrap().get(0)
    }
}

#[actix::test]
async fn eight_summaries_at_once_leave_the_pool_to_others_and_run_one_by_one() {
    let held = Held::start().await;
    let app = held.gateway().await;
    held.lock().await;
    let summaries = join_all((1..=8).map(|day| {
        let path = format!("summary?from=2026-01-0{day}T00:00:00Z");
        let app = &app;
        async move { app.get_from(ONE, &path).await.0 }
    }));
    let others = async {
        held.waiting(1).await;
        for client in [ONE, OTHER] {
            for path in ["by-service", "details?service=nobody"] {
                let (status, body) = app.get_from(client, path).await;
                assert_eq!(status, 200, "{client}: {path}: {body}");
            }
        }
        assert_eq!(held.number_waiting().await, 1);
        held.unlock().await;
    };
    let (answers, ()) = join(summaries, others).await;
    assert_eq!(answers, [200; 8]);
}

#[actix::test]
async fn a_client_s_own_questions_wait_for_each_other_and_another_s_do_not() {
    let held = Held::start().await;
    let app = held.gateway().await;
    held.lock().await;
    let ask = async |limit: u8| {
        let path = format!("details?limit={limit}");
        app.get_from(ONE, &path).await
    };
    let first = join_all((1..=2).map(ask));
    let flood = async {
        held.waiting(2).await;
        join_all((3..=60).map(ask)).await
    };
    let other = async {
        eventually("as many wait as may", async || {
            let refused =
                "service_metrics_query_failures_total{reason=\"share_taken\",source=\"postgres\"}";
            (app.metric(refused).await == REFUSED).then_some(())
        })
        .await;
        for path in ["by-service", "details?service=nobody"] {
            let (status, body) = app.get_from(OTHER, path).await;
            assert_eq!(status, 200, "{path}: {body}");
        }
        assert_eq!(held.number_waiting().await, 2);
        // Asked by the first client too, and perhaps waiting there in vain.
        let same = app.get_from(OTHER, "details?limit=20");
        let release = async {
            held.waiting(3).await;
            held.unlock().await;
        };
        let ((status, body), ()) = join(same, release).await;
        assert_eq!(status, 200, "{body}");
    };
    let (first, flood, ()) = join3(first, flood, other).await;
    assert!(first.iter().all(|(status, _)| *status == 200), "{first:?}");
    let mut refused = 0.0;
    for (status, body) in flood.iter().filter(|(status, _)| *status != 200) {
        refused += 1.0;
        assert_eq!(
            (*status, &body["errorType"]),
            (429, &"too_many_requests".into()),
            "{body}"
        );
    }
    assert_eq!(refused, REFUSED);
}

#[actix::test]
async fn two_gateways_make_one_summary_at_a_time_of_a_database() {
    let held = Held::start().await;
    let (first, second) = (held.gateway().await, held.gateway().await);
    held.lock().await;
    let both = join(first.get("summary"), second.get("summary"));
    let one = async {
        held.waiting(1).await;
        // The other one has been refused the lock; it holds no transaction meanwhile.
        eventually("the other one waits outside", async || {
            let asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                AND usename = 'metrics_reader' AND state = 'idle' AND query = 'COMMIT'";
            let idle: i64 = held.admin.query_one(asked, &[]).await.unwrap().get(0);
            (idle >= 1).then_some(())
        })
        .await;
        assert_eq!(held.number_waiting().await, 1);
        held.unlock().await;
    };
    let (((first, _), (second, _)), ()) = join(both, one).await;
    assert_eq!((first, second), (200, 200));
}
