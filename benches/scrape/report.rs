//! The table, in Markdown.

use std::fmt;

use crate::measure::Measured;

/// A row for each exporter; the last one is what the others are held against.
pub(crate) struct Table<'a>(pub(crate) &'a [Measured]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| /metrics | samples | bytes | scrape, p50 | max | CPU per scrape | at rest, per s | RSS, first | last | start | faster | less CPU |"
        )?;
        writeln!(
            f,
            "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
        )?;
        for measured in self.0 {
            row(f, measured, self.0.last())?;
        }
        let counts = self.0.windows(2);
        for pair in counts.filter(|pair| pair[0].samples != pair[1].samples) {
            let [one, other] = [&pair[0], &pair[1]];
            writeln!(
                f,
                "\n**Not comparable:** {} exposes {} samples, {} {}.",
                one.name, one.samples, other.name, other.samples
            )?;
        }
        Ok(())
    }
}

fn row(f: &mut fmt::Formatter<'_>, of: &Measured, peer: Option<&Measured>) -> fmt::Result {
    let peer = peer.filter(|peer| peer.name != of.name);
    let ratio = |ours: &[f64], theirs: fn(&Measured) -> &[f64]| {
        peer.map_or_else(String::new, |peer| {
            format!("{:.1} ×", median(theirs(peer)) / median(ours))
        })
    };
    writeln!(
        f,
        "| {} | {} | {:.1} MB | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms | {:.0} MB | {:.0} MB | {:.1} s | {} | {} |",
        of.name,
        of.samples,
        of.bytes as f64 / 1e6,
        median(&of.took),
        of.took.iter().copied().fold(0.0, f64::max),
        median(&of.processor),
        of.at_rest,
        of.resident[0] / 1e6,
        of.resident[1] / 1e6,
        of.start,
        ratio(&of.took, |peer| &peer.took),
        ratio(&of.processor, |peer| &peer.processor),
    )
}

/// The middle one.
fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[odd / 2],
        even => f64::midpoint(sorted[even / 2 - 1], sorted[even / 2]),
    }
}
