//! Servers that answer the same questions, each in its way.

use lab::Program;
use serde_json::Value;

use crate::{
    Outcome,
    client::{self, Connection},
    load,
    node::Peer,
    server::Server,
};

/// All that run beside each other.
pub(crate) struct Rivals {
    pub(crate) gateway: Program,
    /// A gateway that shares an answer only while it is fetched.
    pub(crate) unshared: Program,
    pub(crate) node: Option<Nodes>,
}

/// The peer, twice.
pub(crate) struct Nodes {
    /// One query per request.
    pub(crate) plain: Server,
    /// It shares its answers for a second, as the gateway does.
    pub(crate) sharing: Server,
}

impl Nodes {
    pub(crate) fn start(peer: &Peer, database: &str) -> Outcome<Self> {
        Ok(Self {
            plain: peer.start(database, 0)?,
            sharing: peer.start(database, 1000)?,
        })
    }
}

impl Rivals {
    /// Makes sure that all of them give the same answers.
    pub(crate) fn agree_on(&self, paths: [&'static str; 2]) -> Outcome<()> {
        let mut others = vec![self.unshared.port()];
        if let Some(node) = &self.node {
            others.extend([node.plain.port, node.sharing.port]);
        }
        for path in paths {
            let ours = data(self.gateway.port(), path)?;
            for port in &others {
                if data(*port, path)? != ours {
                    return Err(format!("port {port} has another answer to {path}").into());
                }
            }
        }
        Ok(())
    }
}

/// What a server says about incidents. (Node's page has no cursor.)
fn data(port: u16, path: &'static str) -> Outcome<Value> {
    load::on_its_own_thread(move || async move {
        let mut connection = Connection::open(port).await?;
        let answer = connection.exchange(&client::request(path)).await?;
        let mut answer: Value = serde_json::from_slice(answer.body)?;
        Ok(answer["data"].take())
    })
}
