//! The boards of all families, at the age that the simulated application has.

use std::time::Duration;

use super::{board::Board, owners::Owners};
use crate::catalogue::Catalogue;

/// A board per family: six that are built in, and one for each further family of the catalogue.
#[derive(Debug)]
pub struct Boards {
    owners: Owners,
    of: Vec<(String, Board)>,
    age: Duration,
}

impl Boards {
    /// At the catalogue's baseline, just born. `limit` is the number of series that a metric may have.
    pub fn new(catalogue: &Catalogue, seed: u64, limit: usize) -> Self {
        let owners = Owners::of(catalogue);
        let board = |family: &String| {
            let board = Board::new(family, catalogue, seed, limit);
            (family.clone(), board)
        };
        Self {
            of: owners.families().iter().map(board).collect(),
            owners,
            age: Duration::ZERO,
        }
    }

    /// Up to when they have moved.
    pub fn age(&self) -> Duration {
        self.age
    }

    /// Moves all on to `now`, measured from their birth.
    pub fn step(&mut self, now: Duration) {
        for board in self.all_mut() {
            board.step(now);
        }
        self.age = now;
    }

    /// Appends all series as exposition text.
    pub fn write(&self, out: &mut String) {
        self.of.iter().for_each(|(_, board)| board.write(out));
    }

    /// All of them, to be changed.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Board> {
        self.of.iter_mut().map(|(_, board)| board)
    }

    /// The boards by family, and who owns which metric.
    pub fn into_parts(self) -> (Owners, Vec<(String, Board)>) {
        (self.owners, self.of)
    }
}
