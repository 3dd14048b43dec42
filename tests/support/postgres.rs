//! A private PostgreSQL 15 that can be paused, killed and restarted. Nothing of it outlives the tests.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use tokio_postgres::{Client, Config, NoTls};

use super::eventually;

const BIN: &str = "/usr/lib/postgresql/15/bin";
const TEMPLATE: &str = "incident_platform";
static NEXT: AtomicU32 = AtomicU32::new(1);

/// A cluster whose database `incident_platform` has the schema, the nine incidents and the read-only role.
pub(crate) struct Postgres {
    directory: PathBuf,
    port: u16,
    /// The postmaster, unless it has been killed: its number may belong to somebody else by now.
    pid: Option<u32>,
}

impl Postgres {
    /// The cluster that all tests share which do not harm it.
    pub(crate) async fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        static TEMPLATE_READY: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
        let postgres = SHARED.get_or_init(Self::launch);
        TEMPLATE_READY
            .get_or_init(|| postgres.make_template())
            .await;
        postgres
    }

    /// A cluster of one's own.
    pub(crate) async fn start() -> Self {
        let postgres = Self::launch();
        postgres.make_template().await;
        postgres
    }

    fn launch() -> Self {
        remove_what_dead_tests_left();
        let directory = PathBuf::from(format!(
            "/tmp/service-metrics-test-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        fs::create_dir(&directory).unwrap();
        if is_root() {
            run(Command::new("chown")
                .arg("postgres:postgres")
                .arg(&directory));
        }
        run(as_postgres()
            .arg(format!("{BIN}/initdb"))
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8"])
            .args(["--locale=C", "--no-sync", "-D"])
            .arg(&directory));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let pid = serve(&directory, port);
        Self {
            directory,
            port,
            pid: Some(pid),
        }
    }

    async fn make_template(&self) {
        let admin = self.client("postgres", "postgres").await;
        admin
            .batch_execute(&format!("CREATE DATABASE {TEMPLATE}"))
            .await
            .unwrap();
        let client = self.client("postgres", TEMPLATE).await;
        for file in [
            "init-db/01-init-schema.sql",
            "init-db/02-seed-incidents.sql",
            "migrations-readonly/01-metrics-reader.sql",
            "migrations-readonly/02-indexes.sql",
        ] {
            apply(&client, file).await;
        }
        drop(client);
        eventually("nobody uses the template", async || {
            let users = "SELECT FROM pg_stat_activity WHERE datname = $1";
            let users = admin.query(users, &[&TEMPLATE]).await.unwrap();
            users.is_empty().then_some(())
        })
        .await;
    }

    /// A copy of the template, for one test.
    pub(crate) async fn database(&self) -> String {
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let admin = self.client("postgres", "postgres").await;
        let create = format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}");
        admin.batch_execute(&create).await.unwrap();
        name
    }

    /// How to connect.
    pub(crate) fn config(&self, user: &str, database: &str) -> Config {
        let mut config = Config::new();
        config.host("127.0.0.1").port(self.port);
        config.user(user).dbname(database);
        config
    }

    /// A connection; waits for the server to come up.
    pub(crate) async fn client(&self, user: &str, database: &str) -> Client {
        let config = self.config(user, database);
        eventually("PostgreSQL accepts a connection", async || {
            let (client, connection) = config.connect(NoTls).await.ok()?;
            actix_web::rt::spawn(connection);
            Some(client)
        })
        .await
    }

    /// Stops all of its processes where they are: connections are accepted by the kernel, nothing is answered.
    pub(crate) fn pause(&self) {
        self.signal("STOP");
        // A stop signal has been sent before it has been obeyed.
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self.processes().into_iter().all(is_still) {
            assert!(Instant::now() < deadline, "PostgreSQL does not stop");
            thread::yield_now();
        }
    }

    /// Ends [`Self::pause`].
    pub(crate) fn resume(&self) {
        self.signal("CONT");
    }

    /// Kills all of its processes and waits until they are gone.
    pub(crate) async fn kill(&mut self) {
        let processes = self.processes();
        self.signal("KILL");
        eventually("PostgreSQL is gone", async || {
            let gone = |pid: &u32| !Path::new(&format!("/proc/{pid}")).exists();
            processes.iter().all(gone).then_some(())
        })
        .await;
        self.pid = None;
    }

    /// Starts it again after [`Self::kill`], on the same port and data.
    pub(crate) fn restart(&mut self) {
        self.pid = Some(serve(&self.directory, self.port));
    }

    fn processes(&self) -> Vec<u32> {
        let Some(postmaster) = self.pid else {
            return Vec::new();
        };
        let path = format!("/proc/{postmaster}/task/{postmaster}/children");
        let children = fs::read_to_string(path).unwrap_or_default();
        let children = children.split_whitespace().map(|pid| pid.parse().unwrap());
        [postmaster].into_iter().chain(children).collect()
    }

    fn signal(&self, signal: &str) {
        // The postmaster first, so that it makes no more children; each child leads a process group of its own.
        for round in 0..2 {
            for pid in self.processes().into_iter().skip(round) {
                let _ = Command::new("kill")
                    .args([&format!("-{signal}"), &pid.to_string()])
                    .stderr(Stdio::null())
                    .status();
            }
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.signal("KILL");
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Whether a process is stopped. (PostgreSQL's have one thread each.)
fn is_still(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat
        .rsplit_once(") ")
        .and_then(|(_, rest)| rest.chars().next());
    matches!(state, None | Some('T' | 'Z'))
}

/// Runs a file of the repository.
pub(crate) async fn apply(client: &Client, file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let sql = fs::read_to_string(path).unwrap();
    client
        .batch_execute(&sql)
        .await
        .unwrap_or_else(|error| panic!("{file}: {error:?}"));
}

/// Starts the server in a thread that stays with it: a parent-death signal comes when the *thread* that started a
/// process ends, and each test is a thread.
fn serve(directory: &Path, port: u16) -> u32 {
    let mut command = as_postgres();
    command
        .arg(format!("{BIN}/postgres"))
        .arg("-D")
        .arg(directory)
        .args(["-p", &port.to_string()])
        .args(["-c", "listen_addresses=127.0.0.1"])
        .args(["-c", "unix_socket_directories="])
        .args(["-c", "fsync=off", "-c", "shared_buffers=16MB"])
        .stdout(Stdio::null())
        .stderr(fs::File::create(directory.join("server.log")).unwrap());
    let (started, pid) = mpsc::channel();
    thread::spawn(move || {
        let mut server = command.spawn().unwrap();
        started.send(server.id()).unwrap();
        server.wait()
    });
    pid.recv().unwrap()
}

/// PostgreSQL refuses to run as root.
fn as_postgres() -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]).current_dir("/");
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn run(command: &mut Command) {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {done:?}");
}

fn remove_what_dead_tests_left() {
    for entry in fs::read_dir("/tmp").unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap_or_default();
        let pid = name
            .strip_prefix("service-metrics-test-")
            .and_then(|rest| rest.split('-').next());
        if pid.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
