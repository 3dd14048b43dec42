//! The scenarios of the simulator: which one is played, and whether it is ours.

use serde::Deserialize;

use super::{
    server::Fault,
    simulator::{Simulator, done},
};

/// A scenario, and since when it is played.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Run {
    name: String,
    running: bool,
    since: Option<String>,
}

/// What is known of a scenario that may be played for us.
#[derive(Debug, Clone)]
pub(crate) enum Ours {
    /// The simulator has said so.
    Run(Run),
    /// Its answer has not come, or not yet: one of this name.
    Named {
        name: String,
        /// What was played before we asked: somebody else's.
        before: Option<Run>,
    },
}

#[derive(Deserialize)]
struct Listed {
    data: Vec<Run>,
}

#[derive(Deserialize)]
struct Started {
    data: Run,
}

impl Simulator {
    /// Starts a scenario.
    ///
    /// # Errors
    /// Why it did not.
    pub(crate) async fn start(&self, scenario: &str) -> Result<Run, Fault> {
        let path = ["api", "scenarios", scenario, "start"];
        let started: Started = self.0.post(&path, None).await?;
        Ok(started.data)
    }

    /// The scenario that is played, if one is.
    ///
    /// # Errors
    /// Why that is not known.
    pub(crate) async fn running(&self) -> Result<Option<Run>, Fault> {
        let listed: Listed = self.0.read(&["api", "scenarios"], &[]).await?;
        Ok(listed.data.into_iter().find(|run| run.running))
    }

    /// Stops what is played, which recovers what it has triggered; unless it is not `ours`.
    ///
    /// # Errors
    /// Why it did not.
    pub(crate) async fn stop(&self, ours: &Ours) -> Result<(), Fault> {
        match self.running().await? {
            Some(run) if ours.is(&run) => {
                let path = ["api", "scenarios", "stop"];
                self.0.post(&path, None).await.map(done)
            }
            _ => Ok(()),
        }
    }
}

impl Ours {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Run(run) => &run.name,
            Self::Named { name, .. } => name,
        }
    }

    fn is(&self, run: &Run) -> bool {
        match self {
            Self::Run(ours) => run == ours,
            Self::Named { name, before } => run.name == *name && Some(run) != before.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(name: &str, since: &str) -> Run {
        Run {
            name: name.to_owned(),
            running: true,
            since: Some(since.to_owned()),
        }
    }

    #[test]
    fn a_scenario_is_ours_if_it_is_the_very_run_that_was_answered() {
        let ours = Ours::Run(run("disk", "08:00"));
        assert!(ours.is(&run("disk", "08:00")));
        assert!(!ours.is(&run("disk", "08:01")), "somebody's after ours");
        assert!(!ours.is(&run("outage", "08:00")));
    }

    #[test]
    fn without_an_answer_it_is_ours_by_its_name_and_if_it_began_after_we_looked() {
        let ours = |before| Ours::Named {
            name: "disk".to_owned(),
            before,
        };
        let found = run("disk", "08:00");
        assert!(ours(None).is(&found));
        assert!(ours(Some(run("disk", "07:00"))).is(&found));
        assert!(
            !ours(Some(found.clone())).is(&found),
            "it was played before"
        );
        assert!(!ours(None).is(&run("outage", "08:00")));
    }
}
