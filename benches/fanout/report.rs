//! The table, in Markdown.

use std::fmt;

use crate::{measure::Numbers, payload::Kind, rivals::Rival, scenario::Scenario};

/// All measurements, in the order in which they were made.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

/// What the servers did on one scenario, round by round.
struct Row {
    name: String,
    scenario: Scenario,
    rivals: Vec<(Rival, Vec<Numbers>)>,
}

impl Table {
    pub(crate) fn add(&mut self, scenario: &Scenario, rival: Rival, numbers: Numbers) {
        let name = scenario.to_string();
        if self.rows.last().is_none_or(|last| last.name != name) {
            self.rows.push(Row {
                name,
                scenario: *scenario,
                rivals: Vec::new(),
            });
        }
        let Some(Row { rivals, .. }) = self.rows.last_mut() else {
            return;
        };
        match rivals.iter_mut().find(|(known, _)| *known == rival) {
            Some((_, rounds)) => rounds.push(numbers),
            None => rivals.push((rival, vec![numbers])),
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sessions, bytes, ..
        } = self;
        let kind = match self.kind {
            Kind::Vector => "",
            Kind::Matrix if self.recorded => " of real range data",
            Kind::Matrix => " range",
        };
        let deflate = if self.deflate { ", deflate" } else { "" };
        write!(f, "{sessions} × {} kB{kind}{deflate}", bytes / 1000)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rows.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "| sessions × payload | server | frame on the wire | frames/s | MB/s | p50 | p99 | last | CPU per delivery | × write loop | × Node, shared | RSS per session, idle | after |"
        )?;
        writeln!(
            f,
            "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
        )?;
        for Row {
            name,
            scenario,
            rivals,
        } in &self.rows
        {
            let of = |base: Rival| {
                let found = rivals.iter().find(|(rival, _)| *rival == base);
                found.map(|(_, rounds)| &rounds[..])
            };
            let bases = [of(Rival::Limit), of(Rival::NodeShared)];
            for (rival, rounds) in rivals {
                row(f, name, scenario, *rival, rounds, bases)?;
            }
        }
        Ok(())
    }
}

fn row(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    scenario: &Scenario,
    rival: Rival,
    rounds: &[Numbers],
    bases: [Option<&[Numbers]>; 2],
) -> fmt::Result {
    let beats = |of: fn(&Numbers) -> &Vec<f64>| median(rounds.iter().flat_map(of).copied());
    let whole = |of: fn(&Numbers) -> f64| median(rounds.iter().map(of));
    let last = beats(|numbers| &numbers.last);
    let frame = whole(|numbers| numbers.frame);
    let rate = scenario.sessions as f64 / last * 1e3;
    let [limit, node] = bases.map(|base| base.map_or_else(String::new, |base| ratio(rounds, base)));
    writeln!(
        f,
        "| {name} | {} | {:.1} kB | {rate:.0} | {:.0} | {:.0} ms | {:.0} ms | {last:.0} ms | {:.1} µs | {limit} | {node} | {:.1} kB | {:.1} kB |{}",
        rival.name(),
        frame / 1e3,
        rate * frame / 1e6,
        beats(|numbers| &numbers.p50),
        beats(|numbers| &numbers.p99),
        whole(|numbers| numbers.processor),
        whole(|numbers| numbers.idle) / 1e3,
        whole(|numbers| numbers.after) / 1e3,
        match rounds.iter().map(|numbers| numbers.missing).sum::<usize>() {
            0 => String::new(),
            missing => format!(" {missing} deliveries missing"),
        }
    )
}

/// How much more than another, in the same round; of the rounds the middle one.
fn ratio(rounds: &[Numbers], base: &[Numbers]) -> String {
    let pairs = || rounds.iter().zip(base);
    let cpu = median(pairs().map(|(ours, base)| ours.processor / base.processor));
    let last = |numbers: &Numbers| median(numbers.last.iter().copied());
    let late = median(pairs().map(|(ours, base)| last(ours) / last(base)));
    format!("CPU {cpu:.2}, last {late:.2}")
}

/// The middle one.
fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[odd / 2],
        even => f64::midpoint(sorted[even / 2 - 1], sorted[even / 2]),
    }
}
