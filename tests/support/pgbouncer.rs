//! Debian's pgbouncer before a test's PostgreSQL.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    process::Command,
};

use lab::free_port;
use tempfile::TempDir;
use tokio_postgres::Config;

use super::{
    postgres::Postgres,
    program::{Running, command},
    scratch,
};

const PGBOUNCER: &str = "/usr/sbin/pgbouncer";

/// A running pgbouncer. Dropping it ends it.
pub(crate) struct PgBouncer {
    port: u16,
    _process: Running,
    /// Its configuration; goes after the process.
    _folder: TempDir,
}

impl PgBouncer {
    /// Starts one in `mode` (`transaction` or `session`) that keeps at most `pool_size` connections to the server.
    pub(crate) async fn start(postgres: &Postgres, mode: &str, pool_size: u32) -> Self {
        let (folder, port) = (scratch(), free_port().unwrap());
        let owner = postgres.config("postgres", "postgres");
        let password = String::from_utf8(owner.get_password().unwrap().to_vec()).unwrap();
        let users = folder.path().join("users.txt");
        let known = format!("\"postgres\" \"{password}\"\n\"metrics_reader\" \"\"\n");
        fs::write(&users, known).unwrap();
        let configuration = folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={server}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = trust\nauth_file = {users}\npool_mode = {mode}\ndefault_pool_size = {pool_size}\n",
            server = owner.get_ports()[0],
            users = users.display(),
        );
        fs::write(&configuration, text).unwrap();
        for file in [&users, &configuration] {
            fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
        }
        let process = Running::start(as_postgres(PGBOUNCER).arg(&configuration));
        process
            .says(&format!("listening on 127.0.0.1:{port}"))
            .await;
        Self {
            port,
            _process: process,
            _folder: folder,
        }
    }

    /// The same way in as `config`, through the pool.
    pub(crate) fn before(&self, config: &Config) -> Config {
        let mut through = Config::new();
        through.host("127.0.0.1").port(self.port);
        through.user(config.get_user().unwrap());
        through.dbname(config.get_dbname().unwrap());
        through
    }
}

/// `program`, as user `postgres` if we are root: it refuses to run as root.
fn as_postgres(program: &str) -> Command {
    if !rustix::process::geteuid().is_root() {
        return command(program);
    }
    let mut command = command("/usr/bin/setpriv");
    let user = ["--reuid=postgres", "--regid=postgres", "--init-groups"];
    command.args(user).args(["--", program]);
    command
}
