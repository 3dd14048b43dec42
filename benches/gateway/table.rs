//! What was measured, as a table that is Markdown and can be read as it is.

use std::fmt::{self, Write};

/// The same thing measured in several rounds.
#[derive(Clone, Default)]
pub(crate) struct Rounds(pub(crate) Vec<f64>);

/// What is wanted.
pub(crate) enum Target {
    Below(f64),
    AtLeast(f64),
    /// Nothing: told for information.
    Nothing,
}

/// How numbers are written.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    Milliseconds,
    Seconds,
    PerSecond,
    Megabytes,
    Count,
}

/// One line of the table.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) target: Target,
    pub(crate) unit: Unit,
    pub(crate) ours: Rounds,
    /// The peer's, round by round in turn with ours.
    pub(crate) peer: Option<Rounds>,
}

impl Rounds {
    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// The middle one.
    pub(crate) fn median(&self) -> f64 {
        let sorted = self.sorted();
        match sorted.len() {
            0 => f64::NAN,
            odd if odd % 2 == 1 => sorted[odd / 2],
            even => f64::midpoint(sorted[even / 2 - 1], sorted[even / 2]),
        }
    }

    fn span(&self, unit: Unit) -> String {
        let sorted = self.sorted();
        match (sorted.first(), sorted.last()) {
            (Some(first), Some(last)) if sorted.len() > 1 => {
                format!("{} – {}", unit.number(*first), unit.number(*last))
            }
            _ => String::new(),
        }
    }
}

impl Unit {
    fn number(self, number: f64) -> String {
        match self {
            Self::Milliseconds | Self::Seconds => format!("{number:.3}"),
            Self::Megabytes => format!("{number:.1}"),
            Self::PerSecond | Self::Count => thousands(number),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Milliseconds => " ms",
            Self::Seconds => " s",
            Self::PerSecond => "/s",
            Self::Megabytes => " MB",
            Self::Count => "",
        }
    }
}

fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl Row {
    /// A number for information, measured once.
    pub(crate) fn told(what: &'static str, unit: Unit, number: f64) -> Self {
        Self {
            what,
            target: Target::Nothing,
            unit,
            ours: Rounds(vec![number]),
            peer: None,
        }
    }

    /// Answers per second.
    pub(crate) fn load(
        what: &'static str,
        target: Target,
        ours: &Rounds,
        peer: Option<Rounds>,
    ) -> Self {
        Self {
            what,
            target,
            unit: Unit::PerSecond,
            ours: ours.clone(),
            peer,
        }
    }

    fn cells(&self) -> [String; 7] {
        let (unit, median) = (self.unit, self.ours.median());
        let with_unit = |number: f64| format!("{}{}", unit.number(number), unit.name());
        let (target, verdict) = match self.target {
            Target::Below(limit) => (format!("< {limit}{}", unit.name()), median < limit),
            Target::AtLeast(least) => (format!("≥ {}", with_unit(least)), median >= least),
            Target::Nothing => (String::new(), true),
        };
        let verdict = match (&self.target, verdict) {
            (Target::Nothing, _) => "",
            (_, true) => "met",
            (_, false) => "missed",
        };
        let peer = self.peer.as_ref();
        [
            self.what.to_owned(),
            target,
            with_unit(median),
            self.ours.span(unit),
            verdict.to_owned(),
            peer.map_or_else(String::new, |peer| with_unit(peer.median())),
            peer.map_or_else(String::new, |peer| format!("{:.1} ×", self.ratio(peer))),
        ]
    }

    /// How many times better than the peer: the median of the rounds' own ratios.
    fn ratio(&self, peer: &Rounds) -> f64 {
        let pairs = self.ours.0.iter().zip(&peer.0);
        let ratios = pairs.map(|(ours, peer)| match self.unit {
            Unit::PerSecond => ours / peer,
            _ => peer / ours,
        });
        Rounds(ratios.collect()).median()
    }
}

/// The rows, under a head, in columns.
pub(crate) struct Table(pub(crate) Vec<Row>);

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = [
            "what",
            "target",
            "median",
            "min – max",
            "verdict",
            "Node",
            "better",
        ];
        let mut lines = vec![head.map(str::to_owned)];
        lines.extend(self.0.iter().map(Row::cells));
        let widths: Vec<usize> = (0..head.len())
            .map(|column| lines.iter().map(|line| line[column].chars().count()).max())
            .map(|width| width.unwrap_or_default())
            .collect();
        for (number, line) in lines.iter().enumerate() {
            let mut text = String::new();
            for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
                match column {
                    0 | 4 => write!(text, "| {cell:<width$} ")?,
                    _ => write!(text, "| {cell:>width$} ")?,
                }
            }
            writeln!(f, "{text}|")?;
            if number == 0 {
                let rules = widths
                    .iter()
                    .enumerate()
                    .map(|(column, width)| match column {
                        0 | 4 => format!("|{}", "-".repeat(width + 2)),
                        _ => format!("|{}:", "-".repeat(width + 1)),
                    });
                writeln!(f, "{}|", rules.collect::<String>())?;
            }
        }
        Ok(())
    }
}
